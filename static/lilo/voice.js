// Voice, both ways, by what the browser itself offers. Typing is always there.

const SILENCE_MS = 2500; // older people pause: an end of speech is only an end after this long
const PAUSE_MS = 350;
const RATE = 0.9;
const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;

let reading = null;

/** Read aloud, a sentence at a time with a pause between; a second press stops. */
export function readAloud(button) {
  const mine = reading?.button === button;
  stopReading();
  if (mine) return;
  const sentences = button.dataset.reads.replace(/\b([ap])\.m\./g, "$1m").match(/[^.!?]+[.!?]*["'”’]?\s*/g) ?? [];
  reading = { button, sentences };
  label(button, "Stop reading", "stop");
  next();
}

function next() {
  const sentence = reading?.sentences.shift();
  if (!sentence) return stopReading();
  const words = new SpeechSynthesisUtterance(sentence.trim());
  const current = reading;
  words.rate = RATE;
  words.lang = document.documentElement.lang;
  words.onend = () => setTimeout(() => current === reading && next(), PAUSE_MS);
  words.onerror = () => current === reading && stopReading();
  speechSynthesis.speak(words);
}

export function stopReading() {
  if (!reading) return;
  const { button } = reading;
  reading = null;
  speechSynthesis.cancel();
  label(button, "Read it to me", "listen");
}

function label(button, words, icon) {
  button.querySelector("span").textContent = words;
  const use = button.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}

/**
 * Push to talk: the words appear in the field as they are understood, and are sent only by the person.
 * Handlers: onWords(text), onListening(isListening), onTrouble(words).
 */
export function setUpSpeaking(button, { onWords, onListening, onTrouble }) {
  if (!Recognition) return;
  let listening = null;
  let silence;
  const stop = () => listening?.stop();
  const wait = () => {
    clearTimeout(silence);
    silence = setTimeout(stop, SILENCE_MS);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (listening) return stop();
    stopReading();
    const ear = Object.assign(new Recognition(), { continuous: true, interimResults: true, lang: navigator.language });
    ear.onresult = (event) => {
      wait();
      onWords([...event.results].map((result) => result[0].transcript).join(" ").trim());
    };
    ear.onerror = (event) => event.error === "no-speech" || onTrouble(trouble(event.error));
    ear.onend = () => {
      clearTimeout(silence);
      listening = null;
      button.setAttribute("aria-pressed", "false");
      onListening(false);
    };
    ear.start();
    listening = ear;
    button.setAttribute("aria-pressed", "true");
    onListening(true);
    setTimeout(() => listening === ear && wait(), 2 * SILENCE_MS); // time to begin
  });
}

function trouble(error) {
  if (error === "not-allowed" || error === "service-not-allowed") return "The microphone is not allowed on this page. You can write instead.";
  if (error === "audio-capture") return "I cannot find a microphone. You can write instead.";
  return "I did not catch that. Please try again, or write.";
}
