"""The code in what a person pasted."""

import pytest

from jupyterlab_deploykf.core.code import find_code
from jupyterlab_deploykf.errors import CodeNotFound, LoginFailed

CODE = "nosilxknyf5dzb34gvqexmr4f"
PAGE = f"""<h2 class="theme-heading">Login Successful</h2> <p>Please copy this code, switch to your application and
paste it there:</p> <input type="text" class="theme-form-input" value="{CODE}" />"""


@pytest.mark.parametrize(
    "pasted",
    [
        CODE,
        f"  {CODE}\n",
        f'"{CODE}"',
        f"`{CODE}`",
        "nosilxknyf5d zb34gvqexmr4f",
        "nosilxknyf5dz\nb34gvqexmr4f\n",
        PAGE,
        f"Login Successful\nPlease copy this code, switch to your application and paste it there:\n{CODE}\n",
        f"code: {CODE}",
        f"urn:ietf:wg:oauth:2.0:oob?code={CODE}&state=abc",
        f"https://deploykf.example.com/callback?state=x&code={CODE}#",
        f"http://localhost/#code={CODE}",
    ],
)
def test_the_code_is_found(pasted: str) -> None:
    assert find_code(pasted) == CODE


def test_codes_of_other_issuers_are_taken_as_they_are() -> None:
    assert find_code(" 4/0AX4XfWh-Zz_9.q~ ") == "4/0AX4XfWh-Zz_9.q~"


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("Login Successful\nPlease copy this code, switch to your application and paste it there:", "no code"),
        ("https://deploykf.example.com/dex/auth/local/login?back=&state=abc", "no code"),
        (f"{CODE} {CODE[::-1].replace('f', 'a')}", "more than one"),
    ],
)
def test_what_holds_no_code_says_so_and_where_to_find_it(pasted: str, said: str) -> None:
    with pytest.raises(CodeNotFound, match=said) as caught:
        find_code(pasted)
    assert caught.value.next_step


def test_an_error_in_a_url_is_the_issuers_word() -> None:
    with pytest.raises(LoginFailed, match="Unrecognized scope"):
        find_code("urn:ietf:wg:oauth:2.0:oob?error=invalid_scope&error_description=Unrecognized+scope")


def test_the_code_does_not_show_itself() -> None:
    assert CODE not in repr(find_code(CODE))
