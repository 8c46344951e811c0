"""People in the operators' site. E-mail addresses and numbers are shown on a person's page, never in lists."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from companion.accounts import audit
from companion.accounts.actions import close_account
from companion.accounts.fields import EncryptedTextField
from companion.accounts.models import AuditLog, ErasureCertificate, User
from companion.accounts.selectors import user_by_email


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Opens and changes accounts. Nobody types another's password: a new person asks for a link to choose one."""

    list_display = ("username", "full_name", "kind", "is_active", "is_verified", "is_staff", "last_login")
    list_filter = ("kind", "is_active", "is_verified", "is_staff")
    search_fields = ("username", "full_name")
    search_help_text = _("User name, full name, or a whole e-mail address")
    readonly_fields = ("is_verified", "last_login", "created_at", "updated_at")
    filter_horizontal = ("groups",)
    formfield_overrides = {EncryptedTextField: {"widget": UnfoldAdminTextInputWidget}}
    actions = ("close_accounts",)
    fieldsets = (
        (None, {"fields": ("username", "full_name", "kind", "email", "phone")}),
        (_("Place"), {"fields": ("country", "time_zone", "language")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("History"), {"fields": ("is_verified", "last_login", "created_at", "updated_at")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only an operator with every right may give rights."""
        rights = () if request.user.is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *rights)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Find an e-mail address through its blind index."""
        if "@" in search_term:
            found = user_by_email(search_term)
            return (queryset.filter(pk=found.pk) if found else queryset.none()), False
        return super().get_search_results(request, queryset, search_term)  # type: ignore[no-any-return]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are closed, and erased in all stores later; a row alone is never deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Save with an audit row; another address has to be verified again."""
        if not change:
            obj.set_unusable_password()
        if "email" in form.changed_data:
            obj.is_verified = False
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            done = "account.changed" if change else "account.opened"
            audit.record(operator(request), done, "account", obj.pk, subject=obj)

    @action(description=_("Close the chosen accounts"))  # type: ignore[untyped-decorator]
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Close accounts; only an operator with every right may."""
        for user in queryset:
            close_account(user, by=operator(request))


class ReadingAdmin(ModelAdmin):
    """What Lilo alone writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only Lilo writes it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody removes from it."""
        return False


@admin.register(AuditLog)
class AuditLogAdmin(ReadingAdmin):
    """The audit log, to read."""

    list_display = ("at", "action", "resource_type", "actor_id", "subject_id")
    list_filter = ("action",)
    search_fields = ("=actor_id", "=subject_id", "=resource_id")
    date_hierarchy = "at"


@admin.register(ErasureCertificate)
class ErasureCertificateAdmin(ReadingAdmin):
    """Certificates of erasure, to read."""

    list_display = ("erased_at", "person_id", "closed_at")
    search_fields = ("=person_id",)
    date_hierarchy = "erased_at"


def operator(request: HttpRequest) -> User:
    """The person at the admin."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
