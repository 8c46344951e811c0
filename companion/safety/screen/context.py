"""Whether a sign is real, here and now: the four properties of ConText (negated, historical, hypothetical, other
person; Harkema et al. 2009), and figures of speech, stories, and things already dealt with.

A property never silences anything for good: history and other persons fall to a question where there is doubt, and
the learned layer hears the message all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from companion.safety.screen.levels import Level
from companion.safety.screen.signs import Hit


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


_FIGURES = _words(
    r"(?:heat|weather|cold|suspense|shoes?|corns?|feet|humidity|waiting|laugh\w*|price|prices|bill|smell|stairs|joke\w*|boredom|wind|sun|traffic|noise|queue|music|"
    r"drumming|telly|hunger|curiosity|pollen|song|crossword|programme|they|you|he|she|these|that|this) (?:is|are|was|will be|has been|nearly|has) (?:absolutely |just |nearly |slowly |really |been |going to |fair )*(?:killing|killed|kill|the death of|murder\w*)(?: me| us)?|"
    r"dying (?:to (?:see|know|hear|meet|try|tell|get|go|taste|read|find|show|ask|use|visit|eat|watch|have|be)|for (?:a|an|some|my|the|it|another|him|her|them|spring|summer|christmas|news)|of (?:boredom|laughter|embarrassment|curiosity|hunger|thirst|heat|shame|cold)|laughing|art|breed|trade)|"
    r"(?:broke|breaks|breaking|broken) (?:my|his|her|our|your) hearts?|heart (?:of (?:the matter|gold|stone|oak|palm|town)|to heart|and soul|is in (?:the right place|it)|strings|break|broken|sings|skipped a beat|melts?|melted|goes out|swelled)|(?:learn|know|off|by) by heart|by heart|"
    r"(?:nearly |almost |about |would |going to |you will |he will |she will )(?:\S+ ){0,3}?(?:gave|give|given|had|have|having) (?:me |her |him |us )?a (?:heart attack|stroke|fit|seizure|canary|kitten)|(?:gave|give|given|giving) (?:me|us|him|her) a (?:heart attack|stroke|coronary|fit)|"
    r"(?:heart attack|stroke|fit|coronary) (?:when|at) (?:i|he|she|they) (?:saw|see|heard|got|opened|looked|hears|sees)|(?:heart attack|stroke) on a plate|"
    r"(?:had|have|having|has|throw\w*|threw) (?:a )?fits? (?:of (?:the )?\w+|when|if|about|because|over)|"
    r"strokes? of (?:luck|genius|midnight|the \w+|a pen|good|fortune|twelve|six|paint|inspiration)|(?:stroke|stroking) the (?:cat|dog|\w+)|breast ?stroke|back ?stroke|golf stroke|brush ?strokes?|(?:butterfly|two|four|back) stroke|"
    r"(?:fell|fall|fallen|falling|falls) (?:asleep|in love|out (?:with|over|of (?:love|favour|fashion))|behind|for (?:it|him|her|that|the|a|you)|apart|off (?:the (?:wagon|back|shelf|radar))|through the (?:cracks|net)|on deaf|into (?:place|conversation|a (?:deep )?sleep|step|the trap)|short|flat|about (?:laughing|the place)|over (?:myself|themselves|himself|herself|laughing) (?:to|laughing)?|in (?:with|line)|to (?:my|his|her) lot|pregnant|ill|silent|on (?:hard times|a \w+day)|down (?:the|a) rabbit hole)|"
    r"(?:price|prices|snow|rain|leaves|leaf|night|temperature|temperatures|apples?|cake|souffle|shelf|picture|parcel|tree|bird|vase|plate|cup|book|wall|hat|stitch\w*|shares|pound|dollar|curtain|curtains|fence|plaster|tile|branch|button|petals?|sales|numbers|coin|fringe|sponge|yorkshires?|jumper) (?:has |have |had |just |had just |is |are )?(?:fell|fallen|fall|falls|falling|collapsed|dropped)|"
    r"(?:fall|autumn) (?:leaves|colou?rs|weather|festival|term|semester|decor\w*|recipes?|fashion|clothes|flowers|vegetables|schedule)|(?:in|this|last|next|every|for|of) (?:the )?fall(?! in| on| off| down| and| i| at| from| over| yesterday| today| that| when)|water ?falls?|rainfall|nightfall|fall (?:back on|guy|asleep|in love)|"
    r"(?:collapsed|collapse|collapsing|fell about|rolling|creased|doubled) (?:up )?(?:on the floor |in (?:a heap|fits|giggles) )?(?:with |in |of )?(?:laugh\w*|giggles|stitches|into (?:bed|a chair|my (?:chair|bed)|the (?:sofa|settee))|in (?:giggles|stitches))|(?:tent|gazebo|cake|souffle|talks|table|deckchair|chair|market|bridge|shed|company|wall|sponge|marriage|deal|coalition|scrum|government|roof of the doll\w*) (?:has |have |had )?collapsed|"
    r"passed? out (?:the |some |our |my |all )?(?:leaflets|cards|programmes|sweets|hymn ?\w*|flyers|papers|sandwiches|the \w+)|passing out parade|"
    r"(?:could|would|might|near\w*|thought i would|thought i was going to|almost) (?:have )?(?:just |of )?died(?! (?:on me|in his|in her))?(?: of (?:\w+)| laughing| with \w+)?(?= (?:of|with|laughing|when|she|he|from|\.|$))|die (?:laughing|of (?:shame|embarrassment|boredom|laughter))|to die for|die ?hard|drop dead gorgeous|dead (?:tired|funny|good|keen|easy|nice|heads?|lovely|posh|cheap|line|ends?|on (?:my|his|her) feet|ringer|cert|beat|handsome|heat|sea|wood|chuffed|lift|pan|leg)|(?:over my|see .* over my) dead body|"
    r"blood (?:orange\w*|pressure|test\w*|sugar|type|group|donor\w*|hound|brothers|sample|sausage|pudding|bank|is thicker|relation\w*|line|diamond|moon|count|results?|work|thirsty|curdling)|bleeding (?:heart\w*|obvious|nuisance|useless|marvellous|cheek|hell|idiot|thing|machine|telly|typical|love\w*|great|awful|daft|council|computer|remote|edge)|in (?:my|his|her|the) blood|bad blood|own flesh and blood|new blood|"
    r"burn\w* (?:calories|fats?|the (?:toast|dinner|cakes?|candle|midnight oil|rice|sausages|sauce|roast|pie|potatoes)|a (?:hole|cd|candle)|question|desire|ambition|rubbish|leaves|wood|logs|incense|my (?:bridges|toast|dinner|tongue))|(?:ears|cheeks) (?:are |were )?burning|(?:heart|wind|sun)burn(?:ed)?|slow burn|on the back burner|"
    r"(?:on fire|alight) (?:today|tonight|with (?:ideas|enthusiasm|delight)|at (?:bingo|cards|darts|the quiz)|this (?:season|week)|lately)|(?:team|lads|boys|band|singer|striker|grandson|you|she|he|i) (?:is|are|was|were|am) (?:absolutely |really |just |so )?on fire|(?:put|light|lit|lighting|make|made|switch\w*|turn\w*|by|log|coal|open|electric|gas|in front of|bar|camp|bon|lovely|roaring|nice|round) (?:the |a |our |an |that |up the )?fires?(?: on| in| up)?(?! (?:is |has )?(?:spread|caught|out of))|fire ?(?:works|fly|flies|man|men|place|side|side chat|guard|stick|wood|sale|drill|engine(?: went)?|proof|door|extinguisher|insurance)|"
    r"gas (?:bill|meter|man|mark|engineer|boiler service|company|prices?|tariff|bills|station|mileage|tank|supplier|reading)|(?:cooking with|run out of|out of|tank of|natural|greenhouse|laughing|price of|full of|full tank of) gas|what a gas|"
    r"(?:cannot|could not|can hardly|could hardly|could barely|can barely|hardly) (?:breathe|breath|get (?:my|a) breath|speak|talk|stand(?: up)?|get up) (?:for|from|with|through) (?:laughing|laughter|giggling|the giggles|excitement|joy)|(?:take|takes|took|taking|save|hold|holding|catch|with bated|waste\w*|breath\w* taking|under (?:my|your|his|her)) (?:\S+ )?breath(?: away)?(?! since)|breath\w* (?:of fresh air|taking|test|exercises?|space|easy|life into|down my neck|techniques?|app)|breathless (?:with|from) (?:excitement|laughing|anticipation|joy)|deep breaths?|"
    r"(?:get|got|getting|off|weight) (?:\S+ ){0,4}?off (?:my|your|his|her) chest|chest (?:of drawers|freezer|nut|nuts|expander|of tea|hair)|(?:treasure|tea|hope|medicine|war|tool|ice|wooden|linen|blanket|toy|cedar|pirate\w*|old) chests?|chicken chest|chestnut|chest measurement|"
    r"(?:banging|bang|hitting|hit|beating) (?:my|his|her) head (?:against|on) (?:a|the) (?:brick )?wall|(?:hit|hits) the (?:nail on the head|jackpot|road|roof|sack|hay|shops|headlines)|(?:lost|losing|lose|scratching|off|out of) (?:my|his|her|your) (?:head|mind)|head over heels|(?:does|doing|did) my head in|"
    r"killing (?:time|two birds|it|joke|the (?:weeds|slugs|dandelions|greenfly)|eve|me with kindness|me softly)|kill(?:s|ed)? (?:time|two birds|the (?:weeds|slugs|mood|engine|lights|sound)|for a|bill|me if)|(?:could|would) (?:kill|murder) (?:for )?(?:a|an|some|him|her|that|them|you)\b|(?:will|would|going to) kill me (?:if|when) (?:he|she|they)|(?:she|he|they|daughter|son|wife|husband|mum) (?:will|would|is going to) kill me(?! (?:he|and i am|help|tonight))|"
    r"overdos\w+ (?:of|on) (?:telly|tv|chocolate|cake|sugar|news|football|sunshine|culture|nostalgia|christmas|family|mince|biscuits|tea|the)|(?:sugar|chocolate|telly) overdose|"
    r"(?:panic|heart|attack) (?:buying|at the price)|attack\w* (?:the (?:weeds|garden|ironing|hedge|housework|washing|crossword|queen|king)|by (?:midges|mosquitoes))|"
    r"end it (?:all )?(?:there|here for (?:now|today)|with (?:the|a) (?:song|joke))|(?:end|cancel|finish) (?:it all |it )?(?:with )?(?:my |the |this )?(?:subscription|call|chat|contract|film|game|conversation|meeting|letter|email)|"
    r"poison(?:ed)? (?:ivy|apple|chalice|dwarf|pen)|choke (?:on (?:the|my) (?:old )?(?:car|mower|motor|engine)|point|chain|hold)|(?:artichoke\w*|choking hazard|choked up|choking back (?:tears|the tears)|choking (?:up|with (?:laughter|emotion)))|"
    r"(?:dentist|injection|needle) (?:\S+ ){0,6}?(?:numb|frozen)|(?:numb|frozen) (?:\S+ ){0,6}?dentist|comfortably numb|numb with (?:shock|boredom|cold)|(?:slept|sat|lay|lying|sleeping|leaning) on (?:it|my (?:arm|leg|hand))|"
    r"dizzy (?:heights|with (?:joy|excitement|success|love)|gillespie|rascal|miss lizzy|blonde)|faint (?:praise|hope|idea|heart\w*|smell|sound|clue|chance|hearted|line|print|memory|whiff)|(?:seizure|seizures) of (?:goods|power|assets|drugs|property)|"
    r"lost (?:without|for words|in (?:thought|music|translation|space|the (?:music|book|story|post)|my)|interest|touch|weight|count|track of time|at (?:bingo|cards|chess|sea|scrabble)|the (?:plot|remote|thread|will|match|game|toss|key\w*|instructions|signal|recipe)|property|cause|my (?:glasses|keys|purse|bet|voice|temper|place|knitting|patience|appetite|train of thought|hearing aid\w*|remote|phone|reading)|on (?:this|the|penalties|me))|"
    r"(?:help|helps|helping) (?:yourself|myself to|themselves|me (?:with|to|find|choose|write|understand|remember|set|plan|spell|learn|make|order|book|decide|pick|think|work out|look|do|sort|use|change|turn|read|cook|fill|pass|sleep|laugh|name|practise|figure|compose|draft|finish|solve|get (?:the|my|this|that|a|into|ready|to sleep|online|rid|started|better at)|see (?:if|what)|put (?:the|on|together)|know|translate|identify|keep|send|prepare|save|count|connect|reply|stop thinking|relax|out with|pay|create|remind|design|guess|buy|improve|calculate|organi\w+|track|adjust|play|start|decorate|wrap|pronounce|recall|come up|select|cancel|check))|"
    r"on the floor (?:laughing|with laughter|in (?:stitches|fits))|(?:laughing|rolling|in stitches) on the floor|(?:first|second|third|ground|top|shop|dance|factory|wiping|washing|mopping|sweeping|hoovering|polish\w*|scrub\w*|clean\w*|mop|sweep|hoover|wash) (?:the )?(?:kitchen |bathroom )?floor|"
    r"stuck (?:on (?:this|the|a|one|clue|level|six|seven|\d+|what)|in (?:traffic|my (?:ways|head)|a (?:queue|rut|jam|traffic)|the (?:past|queue|mud|eighties|middle))|with (?:it|him|her|this|the|that)|for (?:words|something|ideas|an? )|at home|indoors|to (?:my|the|it)|record|up)|"
    r"(?:trapped|stuck) (?:nerve|wind|in the (?:past|body))|shot (?:of (?:whisky|whiskey|espresso|brandy|rum)|glass|put|up|gun wedding)|(?:flu|big|long|good|best|mug|free|winning) (?:shot|jab)|"
    r"sick (?:and tired )?of (?:the|this|that|my|hearing|people|all|it|being|waiting|rain|him|her|them|these)|(?:home|love|sea|car|travel|worried) ?sick|(?:makes|making|made) me sick|"
    r"(?:throat|lump) in my throat|lump in (?:my|the) throat|frog in (?:my|the) throat|butterflies|break a leg|cost\w* (?:me )?an arm and a leg|pulling (?:my|your) leg|cold shoulder|shoulder to cry|pain in the (?:neck|backside|bum|bottom|proverbial|arse|butt|rear)|growing pains|no pain no gain|"
    r"(?:my|his|her|the) (?:back|bed|knees) (?:door|gate|garden|yard|page|room|seat|bench)|face (?:the music|cream|cloth|book|time|value|mask|to face)|poker face|face lift"
)
_MEDIA = _words(
    r"in (?:the|that|this|a|my|his|her|an old|last night s) (?:\S+ ){0,2}?(?:film|movie|book|novel|story|series|play|programme|episode|soap|song|drama|game|comic|opera|musical|poem|chapter|scene|show|cartoon|paper|papers|magazine|article|documentary|hymn|bible|sermon|news|headlines|quiz|thriller|whodunn?it|western|pantomime|panto|novels|lyrics|podcast|crossword|advert|joke|ballad|fairy tale|storyline)|"
    r"on (?:the |my )?(?:telly|tv|television|radio|news|box|netflix|casualty|eastenders|coronation street|corrie|emmerdale|midsomer\w*|holby|er|youtube|iplayer|bbc|cnn|stage|wireless|archers|the archers|neighbours|facebook)|"
    r"(?:film|movie|book|novel|programme|episode|soap|song|drama|character|hero|heroine|villain|detective|actor|actress|lyrics?|chorus|crossword|clue|quiz|headline|documentary|thriller|storyline|murder mystery|podcast|scrabble|hangman|charades|nursery rhyme|jack and jill|humpty|ring a ring|bedtime story|audiobook|plot|verse|playlist|title|called|titled|anagram|letters|sings?|singing|sang|poem|hymn|psalm|lord s prayer|proverb|saying goes|expression|joke|punchline|riddle|tune|album|track|band|play (?:the song|some|me))|"
    r"(?:watching|watched|reading|read|listening to|listened to|saw|seen) (?:\S+ ){0,4}?(?:where|about|when|called|in which|about how|and (?:he|she|they|someone|a|the|this))|"
    r"(?:call the midwife|titanic|casablanca|hamlet|macbeth|romeo|agatha christie|poirot|miss marple|stayin alive|bohemian rhapsody|ring of fire|great balls|we did not start|another one bites|london s burning|help by the beatles|the beatles)"
)
_STORY_ONLY = _words(
    r"(?:was|been|were|am|sat|sitting|while) (?:\S+ )?(?:watching|reading|listening)(?: to)? (?:\S+ ){0,4}"
)
_LONG_AGO = _words(
    r"(?:years?|decades?|months|weeks?|ages|donkey s years|yonks|moons?|fortnight|centur\w+) (?:ago|back|since|before|earlier)|(?:long|some time|ages|a (?:good |long )?while|way) (?:ago|back)|last (?:year|month|week|summer|winter|spring|autumn|christmas|easter|january|february|march|april|may|june|july|august|september|october|november|december)|"
    r"back in (?:the|my|\d+|nineteen|those|january|february|march|april|may|june|july|august|september|october|november|december|our)|in (?:19|20)\d\d|in (?:nineteen|the (?:fifties|sixties|seventies|eighties|nineties|forties|thirties|war|blitz|army|navy|old days|\d0s))|(?:in|during) the war|when (?:i|he|she|we|they|my \w+) (?:was|were|lived|worked) (?:\S+ ){0,3}?(?:young|younger|little|small|child|boy|girl|lad|lass|kid|kids|teenager|at school|school|nipper|wee|bairn|expecting|carrying|twenty|thirty|forty|fifty|sixty|seventy|\d+|baby|courting|married|nursing|in|at|a|the|alive)|as a (?:child|boy|girl|kid|lad|lass|young|teenager|nipper)|"
    r"used to|once (?:had|fell|broke|when|i|upon)|(?:remember|recall|remembering|reminds me of) (?:when|the (?:time|day|year)|that|how|my|your|falling|having|him|her)|that (?:time|winter|summer|year)|those days|the (?:year|winter|summer|day|time) (?:i|we|he|she|before|after|my|of|that)|history of|previous\w*|the other (?:year|month)|since (?:19|20)\d\d|after (?:my|his|her) (?:stroke|heart attack|operation|fall|hip)|(?:stroke|heart attack|fall|operation) (?:clinic|group|nurse|rehab|survivor|association|prevention|class|recovery|team)|"
    r"(?:had|survived|got over|recovered from|recovering from) (?:\S+ ){0,3}?(?:stroke|heart attack|fall|sepsis|seizure) (?:\S+ ){0,4}?(?:in \d+|years?|months|and (?:recovered|got over|has been|have been|he has|she has)|at (?:the age|fifty|sixty|seventy|\d+))|(?:first|second|last) (?:stroke|heart attack|fall|husband|wife) (?:was|he|she)|(?:died|passed away|passed on|lost (?:him|her|my)|funeral|late (?:husband|wife|mother|father|brother|sister)|god rest|rest (?:his|her) soul|bless (?:his|her) memory|anniversary|grand(?:mother|father)s? (?:had|died|fell)|ancestors?|many moons)"
)
_PRESENT = _words(
    r"now|right now|today|this (?:morning|afternoon|evening|minute|very minute)|tonight|just|again|still|at the moment|at present|currently|since (?:breakfast|lunch|tea|dinner|this|last night|yesterday|\w+ o clock|i (?:got up|woke))|"
    r"(?:an?|one|two|three|few|couple of|half an|\d+) (?:hours?|minutes?|mins?|moment|seconds?) ago|(?:been|have been) (?:\S+ ){0,3}?(?:all (?:day|night|morning)|for (?:an|two|three|\d+|half|hours|ages))|same (?:as|pain|feeling)|like (?:that|last) time|it is (?:back|happening|coming back)|come back|getting worse|as we speak|here|"
    r"woke up (?:with|and)|yesterday|last night|(?:two|three|2|3|couple of) days ago|the day before yesterday|earlier"
)
_SUPPOSED = _words(
    r"what (?:if|happens (?:if|when)|would happen|should (?:i|you|one|we|he|she|people|someone|somebody|my \w+) (?:do )?(?:if|when)|do (?:i|you|we|people) do (?:if|when|for|about)|to do (?:if|when|for|about|in)|are the (?:\S+ ){0,2}?(?:signs?|symptoms?)|causes|(?:is|are) (?:a|an|the)|does (?:a|an|it (?:mean|feel like) (?:to|when))|can (?:i|you) do (?:to|if|about))|"
    r"(?:if|in case|supposing|suppose|imagine|say|unless|whenever|should) (?:i|he|she|you|we|they|someone|anyone|there|my \w+|a person|the) (?:\S+ )?(?:ever|were|fall|fell|had|have|has|get|got|should|is|was|did|do|smell|cannot|could|catch|saw|see|heard|took|take|forget|miss|feel|felt|hit|bump|catches|falls|collapses|has)(?! (?:to (?:be|tell)))|if (?:it|there|anything|something|that|this) (?:ever|were|is|was|happens)|in the event|"
    r"(?:afraid|scared|frightened|terrified|worried|worry|worrying|nervous|anxious|fear|fearful|dread|concerned) (?:of|about|that|i|he|she) (?:\S+ ){0,3}?(?:falling|fall|having|might|may|could|will|would|choking|getting|a (?:fall|stroke)|another|trip\w*|slip\w*|being|fire|dying|burglars|scams?)|(?:might|may|could|would|can) (?:one day |easily |ever |always |just )?(?:fall|slip|trip|have a (?:fall|stroke|heart)|choke|burn|faint|catch fire|start a fire|break|get (?:lost|stuck))|"
    r"(?:prevent|preventing|prevention|avoid|avoiding|reduce|reducing|lower|risk|risks|chance|chances|likelihood|odds|danger|dangers|stop(?:ping)? (?:me|myself|him|her|people) (?:from )?|so (?:that )?i do not|so as not to|to stop|without|instead of|less likely|more likely|protect\w*|guard\w*) (?:\S+ ){0,6}?(?:fall\w*|stroke\w*|heart attacks?|chok\w*|burn\w*|poison\w*|fires?|seizures?|bleed\w*|hypo\w*|scams?|scammed|slip\w*|trip\w*|overdos\w*|faint\w*|lost|dizzy|heatstroke|sepsis|attack|blood|intruder\w*|burglar\w*)|"
    r"how (?:do|would|can|could|will|does|to|should|is|are|many|common|long|often|likely|dangerous|serious)(?: \S+){0,4}? (?:know|tell|recogni[sz]e|spot|treat|help|stop|prevent|cope|deal|call|happen|get up|cause|people|mean|work|have|a|an|avoid|lift|die|fall|falls|handle|react|use|someone)|"
    r"(?:can|could|does|do|is|are|will|would|did) (?:\S+ ){1,4}?(?:cause|causes|lead to|bring on|make (?:you|people|me|one)|mean|trigger|dangerous|give (?:you|people|one)|normal|common|hereditary|a sign|signs|bad for|safe|related)|"
    r"(?:tell|teach|explain|show|remind|read|asked|ask|learn|learning|talk|talked|leaflet|lesson|course|class|training|information|info|advice|wondering|curious|article|question|questions|tips|facts|definition|meaning|difference|symptoms|signs|causes|treatment|treatments|guide|first aid) (?:\S+ ){0,3}?(?:about|on|of|how|what|between|for|in|whether|for when)|define|meaning of|history of the|(?:signs|symptoms) of|what is (?:a|an)|first aid"
)
_ASKED_OF_SELF = _words(
    r"(?:i have|i am|i feel|i cannot|my \S+ (?:\S+ )?(?:is|has|are|have|feels?|hurts|keeps|went|looks|will)|i keep|i took|i have taken|i just)"
)
_FALLING_IF = _words(
    r"(?:if|when|what|should|in case) (?:\S+ ){0,4}?i (?:ever )?(?:fall|fell|had a|have a|were|smell|do fall|take a fall|slip|get stuck|got stuck|felt|missed|get|find|found|fainted|collapse)"
)
_NOT = _words(
    r"no|not|never|none|nor|neither|without|nothing|no sign of|free (?:of|from)|denies|zero|not any|never any|nil|hardly any|not a (?:hint|trace|sign|bit) of|(?:stopped|ruled out|rather than|instead of)"
)
_NOT_REALLY = _words(
    r"not (?:only|just|sure|know|certain|going away|getting (?:any )?better|helping|working|stopping|stopped|shifting|improving|right|well|good|like|want|wanting|feel(?:ing)? (?:right|well|good|great|so good|too good|too clever|myself)|a (?:drill|joke|game)|joking|kidding|sleeping|slept|eaten|been (?:able|right|well|myself|sleeping)|one (?:to|for)|being (?:funny|dramatic)|make|tell|call|bother|worry|worried|remember|recall|think i|understand|take|long|so|too|very|the (?:first|same)|exactly|really (?:right|well)|usually|normal\w*|much|stop|let up|realise|see|hear|eat|panic\w*|exaggerat\w*|too bad|to worry|to bother|to fuss|want to|wish to|a fuss|complain\w*)|"
    r"no (?:doubt|idea|one|longer|joke|fuss|use|better|good|help|matter|reason|answer|wonder|warning|phone|signal|way|end|bother|point|sleep|energy|appetite|strength|change|improvement|let up|relief|but|it|he|she|i|my|there|please|no|lilo|sorry|really|the|dear|thanks|wait|feeling|water|heating|time|breath|air|family|neighbours)|never (?:felt|had|known|been|experienced) (?:\S+ ){0,2}?(?:so|such|like|this|anything|a pain like|pain like|it)|(?:it is|that is|its|probably|really) (?:probably |really |just )?nothing|nothing (?:, |much |just |only |serious |to worry )|nothing (?:helps|works|is (?:working|helping)|but|for it|has|i|seems|to)|without (?:warning|stopping|my|help|thinking|a word|reason)"
)
_NEW_SUBJECT = _words(
    r"(?:and|so|then|because|as|since|when|while|or|,|anyway|now|cos|coz)? ?(?:i (?:have|am|cannot|feel|fell|had|keep|think|just|took|did|got|need|want|slipped|can|was|could)|my \S+|he|she|there is|it is|it feels|now|cannot|please|help|someone)"
)
_DENIED = _words(
    r"(?:thought (?:it|i|that) (?:was|had|i was)|not that|do not (?:think|believe|mean|say)(?: that)?|did not say(?: that)?|never said|it is not(?: that| like)?|is not|nobody said|not saying|not as if|not like|not because|pretend\w*(?: that)?|used to think|thank (?:god|goodness|heavens) (?:that )?(?:no|not)) (?:\S+ ){0,1}?$"
)
_INNER_NOT = re.compile(
    r"(?<!\S)(?:not|no|never|without|nothing)(?: (?:\S+ )?)(?!\S*(?:stop|work|mov|respon|breath|wak|answer|com|help|touch|go|shift|clot|mak|pass|let|fed|feed|wash|chang|been able|like|just|get|lift|look|do|hold|grip|obey|eat|drunk|drank|drink|had|better|end|be|want|see|wake|know|sure|recogn|remember|allow|give|giving|point|reason|one|body|way|home|my|worth|live|need|straight|right|find|come|rouse|talk|speak|even|up|well|only|quite|a|the|know)\b)(\S+)"
)
_DEALT_WITH = _words(
    r"(?:ambulance|paramedics?|doctor|nurse|fire brigade|firemen|police|engineer|gas man|warden|hospital|carer|gp|consultant|a and e|casualty) (?:\S+ )?(?:came|has been|have been|been and|checked|says it is (?:fine|nothing)|said (?:it was|it is|i am|i was|he|she|everything|all|not|nothing)|gave (?:me|him|her) the all clear|sorted|fixed|took (?:him|her|me)|are here|is here|is on (?:the|its) way|has arrived|arrived|patched|stitched|turned up|got (?:him|her|me))|(?:false alarm|all clear|just the battery|only the battery|needed a (?:new )?battery|turned out (?:to be|it was)|(?:was|is) only (?:the|a|my|burned) (?:battery|toast|burned|spider|cat|dog|wind|test|drill|neighbour|postman|dream|squirrel|telly)|it was (?:just|only) (?:the|a|my)|all sorted(?: now)?|dealt with|sorted (?:it )?out|been sorted|put it out (?:myself|in no time|straight)|bank (?:has )?(?:stopped|cancelled|blocked|refunded)|hung up on|put the phone down|did not fall for|did not give|recovering nicely|on the mend|home from hospital|out of hospital|back home (?:now|safe|from)|discharged|in hospital (?:being|getting|now and|under)|(?:he|she) is (?:fine|home|better|okay|ok|all right|recovering|well|safe|up and about) now|was found|found (?:him|her) safe|came home safe|fully recovered|made a (?:full|good) recovery|last (?:year|month|week) and (?:all|i am) (?:fine|better|well)|healed|got over it|cleared up|out of the woods|it passed|practice (?:drill|run)|fire drill|rehears\w+|pretend\w*|dreamed|dreamt|in (?:a|my) dream|dream (?:that|where|about|last|i)|nightmare)"
)
_OTHER = _words(
    r"(?:my|our|the|his|her|a) (?:\S+ )?(?:husband|wife|partner|mum|mother|dad|father|sister|brother|son|daughter|friend|neighbour|carer|nurse|grandson|granddaughter|nan|gran|grandad|grandma|grandpa|aunt|auntie|uncle|cousin|niece|nephew|lad next door|lady (?:next door|at|from|in|down)|man (?:next door|at|from|in|down)|woman (?:next door|at|from|in|down)|vicar|priest|postman|king|queen|prince|president|minister|dog|cat|puppy|kitten|hamster|budgie|horse|cow|chap|bloke|fella|boss|teacher|colleague|pal|mate|landlord|cleaner|gardener|plumber|doctor|player|goalkeeper|striker|actor)|he|she|they|people|someone|anyone|a friend|everybody|everyone"
)
_FAR = _words(
    r"in (?:hospital|australia|america|canada|spain|france|italy|scotland|ireland|wales|england|london|new york|florida|texas|india|jamaica|poland|germany|leeds|manchester|the (?:states|ward|hospital|home|care home))|(?:heard|hear|told|telling|tells|said|says|wrote|emailed) (?:\S+ ){0,5}?(?:that|about|had|has|fell|about)|abroad|overseas|poor (?:thing|soul|man|woman|love|dear|fellow|old|lad|lass|girl|bloke|lady|chap)|apparently|at church (?:told|had|fell)|funeral|died|passed away|visiting (?:him|her)|get well|in intensive care|recovering|recovered|rehab|operation went|years old when"
)
_FAR_NOW = _words(
    r"(?:just|has just|is just|now) (?:called|rung|phoned|texted|screamed|shouted)|on the phone (?:and|now|saying)|over the phone"
)
_SELF = re.compile(r"^(?:i |my |cannot|hardly|barely|could not|unable|not able|we |help|please|on the floor|me )")
_EXPLICIT_OTHER = _words(
    r"(?:he|she|they|my (?:husband|wife|mum|dad|mother|father|sister|brother|son|daughter|friend|neighbour)|husband|wife) (?:\S+ ){0,2}?(?:is|has|cannot|will not|keeps|having|not|are|just)|(?:him|her)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a message, with the figures of speech blanked, and what its sentence says of it."""

    text: str
    asked: bool
    sentence: str


def clauses(normalised: str) -> tuple[list[Clause], list[str]]:
    """Split into clauses (a contrast ends what went before), and name the figures of speech that were blanked."""
    figures: list[str] = []

    def blank(match: re.Match[str]) -> str:
        figures.append(match.group())
        return "_"

    found: list[Clause] = []
    plain = _FIGURES.sub(blank, normalised)
    for sentence in re.finditer(r"[^.?]+(?:[.?]|$)", plain):
        whole = sentence.group()
        text = whole.strip(" .?")
        parts = re.split(r"(?<!\S)(?:but|though|although|however|except|only that|yet|apart from|, only)(?!\S)", text)
        found += [Clause(part.strip(" ,"), whole.endswith("?"), text) for part in parts if part.strip(" ,")]
    return found, figures


def weigh(hit: Hit, clause: Clause) -> tuple[Level, str]:
    """The level a sign keeps in its clause, and the property that took it down, if one did."""
    before = clause.text[: hit.start].strip()
    for name, test in _TESTS:
        level = test(hit, clause, before)
        if level is not None:
            return min(level, hit.sign.level, key=lambda one: one.rank), name
    return hit.sign.level, ""


def _negated(hit: Hit, clause: Clause, before: str) -> Level | None:
    if _DENIED.search(before):
        return Level.NONE
    if _INNER_NOT.search(hit.words) and hit.sign.category not in {"self_harm", "abuse", "lost", "medicine"}:
        return Level.NONE
    after = clause.text[hit.end :].strip()
    if re.match(
        r"(?:has |have |is |are |all )*(?:gone (?:away|now)|cleared|better now|none|nil|went away|stopped now)(?!\S)",
        after,
    ):
        return Level.ASK
    if _SELF.match(hit.words):
        return None
    cleaned = _NOT_REALLY.sub("_", before)
    cues = list(_NOT.finditer(cleaned))
    if not cues:
        return None
    between = cleaned[cues[-1].end() :]
    if len(between.split()) > 9 or _NEW_SUBJECT.search(between):
        return None
    return Level.NONE


def _told(hit: Hit, clause: Clause, before: str) -> Level | None:
    if not _MEDIA.search(clause.sentence):
        return None
    own = _SELF.match(hit.words) or re.search(r"(?<!\S)(?:i|my)(?!\S)(?: \S+){0,3}$", before)
    if own and (_STORY_ONLY.search(clause.sentence) or _PRESENT.search(clause.text)):
        return None
    return Level.ASK if own and hit.sign.level is Level.EMERGENCY and not _quoted(hit, clause) else Level.NONE


def _quoted(hit: Hit, clause: Clause) -> bool:
    return clause.sentence.count('"') >= 2 or bool(
        re.search(
            r"(?<!\S)(?:song|lyrics?|called|titled|sings?|sang|clue|joke|film|line|character|play)(?!\S)",
            clause.sentence,
        )
    )


def _supposed(hit: Hit, clause: Clause, before: str) -> Level | None:
    cue = _SUPPOSED.search(clause.sentence)
    if cue is None:
        return None
    if _FALLING_IF.search(clause.sentence):
        return Level.NONE
    of_self = _ASKED_OF_SELF.search(clause.text)
    if of_self and (_PRESENT.search(clause.text) or clause.asked or cue.start() > hit.start):
        return hit.sign.level if not clause.asked and cue.start() > hit.start else Level.ASK
    if of_self and clause.sentence.find(hit.words) >= 0 and cue.start() <= clause.sentence.find(hit.words):
        return Level.ASK
    return Level.NONE if clause.sentence.find(hit.words) >= cue.start() or clause.asked else None


def _dealt_with(hit: Hit, clause: Clause, before: str) -> Level | None:
    return Level.NONE if _DEALT_WITH.search(clause.sentence) else None


def _historical(hit: Hit, clause: Clause, before: str) -> Level | None:
    if not _LONG_AGO.search(clause.text) or hit.sign.category in {"self_harm", "abuse", "scam"}:
        return None
    if _PRESENT.search(clause.text):
        return None if hit.sign.level is not Level.EMERGENCY else Level.EMERGENCY
    return Level.CONCERN if hit.sign.category == "fall" and _SELF.match(hit.words) else Level.NONE


def _other_person(hit: Hit, clause: Clause, before: str) -> Level | None:
    if hit.sign.category in {"abuse", "scam", "hazard", "intruder", "help", "self_harm"} or _SELF.match(hit.words):
        return None
    who = list(_OTHER.finditer(f"{before} {hit.words}"))
    if not who or re.search(r"(?<!\S)(?:i|my|me)(?!\S)", f"{before} {hit.words}"[who[-1].end() :]):
        return None
    if _FAR.search(clause.sentence) and not _FAR_NOW.search(clause.sentence):
        return Level.NONE
    if re.search(
        r"(?<!\S)(?:dog|cat|puppy|kitten|hamster|budgie|horse|cow|goalkeeper|striker|player)(?!\S)", clause.text
    ):
        return Level.NONE
    if _EXPLICIT_OTHER.search(clause.sentence) or _PRESENT.search(clause.sentence) or hit.sign.category == "collapse":
        return None
    return Level.ASK


_TESTS = (
    ("negated", _negated),
    ("story", _told),
    ("dealt with", _dealt_with),
    ("supposed", _supposed),
    ("long ago", _historical),
    ("another person", _other_person),
)

MINIMISED = _words(
    r"(?:it is )?(?:probably |only |just )?nothing(?: much| really| to worry about)?|do not (?:worry|bother|tell|fuss|want to (?:bother|worry|make a fuss))(?: \S+){0,3}|just a (?:little|bit|touch|twinge)|bit of|silly|making a fuss|i will be (?:fine|all right|ok)"
)
RETRACTED = _words(
    r"(?:only|just|was) (?:joking|kidding|teasing|messing|having you on|pulling your leg|a joke)|(?:never|nay) mind|forget (?:it|i said|that|about it|what i said|i (?:ever )?(?:mentioned|told))|ignore (?:that|me|what i said|my last)|did not mean (?:it|that|to)|do not worry(?: about (?:it|me))?|i am (?:fine|ok|okay|all right|alright|good|grand)(?: now| really| honestly)?|(?:it is|it has|that has) (?:gone|passed|nothing|stopped|worn off|eased)(?: off| now)?|false alarm|take it back|scrap that|cancel that|i was (?:just )?(?:being silly|exaggerating|being dramatic)|no need to (?:worry|call|tell)|do not (?:call|tell|ring|send) (?:anyone|anybody|her|him|them|my \S+)|it was (?:just )?(?:a joke|nothing|wind|indigestion)|all (?:fine|good|right) now|feeling better"
)
GOING_ON = _words(
    r"still (?:here|there|waiting|the same|hurts|bad|on|stuck|down|cannot|in|not|bleeding|pain)|are you there|hello|hurry|quick\w*|please|help|yes|yeah|aye|worse|getting (?:worse|bad|cold|tired|weaker|harder)|(?:i am )?(?:scared|frightened|cold|alone|so tired)|(?:what|who) (?:do|should|can) i (?:do|call)|it (?:hurts|really hurts|is bad)|cannot (?:reach|move|feel)|and (?:now )?(?:my|it|the)|no one|come|i think so|it will not|not (?:stopping|stopped|yet|going|moving)|now (?:my|it)|too|as well|can you hear|did you (?:hear|get)"
)
