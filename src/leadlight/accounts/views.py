"""The pages of signing in and out."""

from django.contrib.auth.views import LoginView


class SignIn(LoginView):
    """Ask for e-mail address and password."""

    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True
