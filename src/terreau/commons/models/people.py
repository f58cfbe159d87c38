"""Persons with an account. An account is an e-mail address and roles: nothing else is asked."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from terreau.commons.enums import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str) -> "User":
        user = self.model(email=self.normalize_email(email).lower())
        user.set_unusable_password()
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    email = models.EmailField(_("adresse e-mail"), unique=True)
    name = models.CharField(_("nom affiché"), max_length=100, blank=True)
    is_active = models.BooleanField(_("actif"), default=True)
    date_joined = models.DateTimeField(_("inscription"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("personne inscrite")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def roles(self) -> frozenset[str]:
        """The roles held now; every person with an account is a member."""
        if not hasattr(self, "_roles"):
            self._roles = frozenset(self.role_grants.values_list("role", flat=True)) | {Role.MEMBER.value}
        return self._roles

    def forget_roles(self) -> None:
        """Read the roles again at the next question: they have just changed."""
        self.__dict__.pop("_roles", None)

    def has_role(self, role: str) -> bool:
        return role in self.roles


class RoleGrant(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(_("rôle"), max_length=20, choices=Role)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    granted_at = models.DateTimeField(_("date"), auto_now_add=True)

    class Meta:
        verbose_name = _("rôle confié")
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_granted_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"
