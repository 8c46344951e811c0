"""The addresses of the account pages, at the root."""

from __future__ import annotations

from django.urls import path

from companion.accounts import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("sign-up/", views.sign_up, name="sign-up"),
    path("code/", views.SignInWithCode.as_view(), name="sign-in-code"),
    path("link/<str:token>/", views.sign_in_with_link, name="sign-in-link"),
    path("verify/<str:token>/", views.verify_email, name="verify-email"),
    path("reset/", views.reset_password, name="password-reset"),
    path("reset/sent/", views.reset_sent, name="password-reset-sent"),
    path("reset/done/", views.reset_done, name="password-reset-done"),
    path("reset/<uidb64>/<token>/", views.ChooseNewPassword.as_view(), name="password-reset-confirm"),
    path("account/", views.account, name="account"),
    path("account/password/", views.change_password, name="change-password"),
    path("account/copy/", views.take_copy, name="export"),
    path("account/close/", views.close_account, name="close-account"),
    path("account/code/", views.show_code, name="show-code"),
    path("account/sign-ins/end/", views.end_all_sign_ins, name="end-all-sign-ins"),
    path("account/sign-ins/<uuid:sign_in_id>/end/", views.end_sign_in, name="end-sign-in"),
]
