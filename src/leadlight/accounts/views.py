"""The pages of signing in and out."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRefresh


class SignIn(LoginView):
    """Ask for e-mail address and password."""

    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; for a part of a page whose session has ended, load the whole page anew, which asks."""
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)
