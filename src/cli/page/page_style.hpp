#pragma once
// How the page of a verify looks: on a phone, on a desk, on paper, by day and by night. Each colour has its sign or its
// word beside it, and text its contrast of 4.5 or more on what is behind it.

namespace i2i::cli {

inline constexpr const char* kPageStyle = R"css(
:root {
  --back: #f4f5f7; --card: #fff; --text: #15181e; --soft: #515966; --line: #dde1e7; --code: #eef0f3;
  --proven: #2a9d67; --by-size: #6bbf9c; --different: #c62f2b; --pending: #d68a00; --unavailable: #8d7bb8; --unseen: #aeb6c2;
  --good: #12693f; --waits: #8a5500; --bad: #ad1f1c; --good-back: #e6f5ed; --waits-back: #fdf1dc; --bad-back: #fdeaea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0e1116; --card: #171b22; --text: #e9ebef; --soft: #a7b0bd; --line: #2b323c; --code: #232933;
    --proven: #35b57a; --by-size: #1f7d58; --different: #f0625c; --pending: #e0a32e; --unavailable: #9d8ad0; --unseen: #56606e;
    --good: #59d69b; --waits: #f0bc55; --bad: #ff8f88; --good-back: #12271d; --waits-back: #2b2110; --bad-back: #331716;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1rem 1rem 3rem; max-width: 62rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: break-word; }
.name, .odd, .files td, .steps, .sentence, bdi { overflow-wrap: anywhere; }
h1, h2, h3, p, ul, dl { margin: 0; }
h1 { display: flex; align-items: center; gap: .7rem; font-size: clamp(1.5rem, 1.1rem + 2.2vw, 2.3rem); line-height: 1.15; letter-spacing: -.015em; }
h2 { font-size: 1.2rem; margin-bottom: .8rem; letter-spacing: -.005em; }
h3 { font-size: 1rem; }
code { font: .92em ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--code); border-radius: .3em; padding: .1em .35em; }
small, .small, caption, footer, .of { font-size: .875rem; color: var(--soft); }
.hero, section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.25rem; margin-bottom: 1rem; }
.hero { background: linear-gradient(var(--mood) 6px, var(--mood-back) 6px, var(--card) 9rem); padding: 1.5rem 1.25rem 1.25rem; }
.good { --mood: var(--good); --mood-back: var(--good-back); }
.waits { --mood: var(--waits); --mood-back: var(--waits-back); }
.bad { --mood: var(--bad); --mood-back: var(--bad-back); }
.hero h1 { color: var(--mood); margin: .3rem 0 .7rem; }
.sign { flex: none; display: grid; place-items: center; width: 1.35em; height: 1.35em; border-radius: 50%; background: var(--mood); color: var(--card);
  font-size: .9em; font-weight: 700; line-height: 1; }
.sentence { font-size: 1.125rem; margin-bottom: 1rem; }
.bar { display: flex; gap: 2px; height: 14px; border-radius: 7px; overflow: hidden; background: var(--line); margin-bottom: .6rem; }
p + .bar { margin-top: .6rem; }
.bar i { min-width: 4px; }
i.proven, i.age-0 { background-color: var(--proven); } i.by-size { background-color: var(--by-size); }
i.pending { background-color: var(--pending); } i.unavailable { background-color: var(--unavailable); }
i.unseen, i.age-3 { background-color: var(--unseen); } i.age-1 { background-color: var(--by-size); }
i.age-2 { background-color: color-mix(in srgb, var(--by-size) 50%, var(--unseen)); }
i.different { background: repeating-linear-gradient(45deg, var(--different) 0 4px, color-mix(in srgb, var(--different) 65%, var(--card)) 4px 7px); }
.swatch { display: inline-block; width: .75em; height: .75em; border-radius: .2em; margin-right: .5em; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; list-style: none; font-size: .9375rem; margin-bottom: 1rem; }
.name { font: .9em/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; unicode-bidi: isolate; }
.odd { color: var(--bad); background: var(--bad-back); border-radius: .2em; padding: 0 .1em; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { font-size: .8125rem; font-weight: 600; color: var(--soft); }
tfoot th, tfoot td { font-weight: 700; border-bottom: 0; border-top: 2px solid var(--line); }
tbody tr:last-child > * { border-bottom-color: transparent; }
.n { text-align: right; padding-right: 0; padding-left: .6rem; white-space: nowrap; }
th small { display: block; padding-left: 1.45em; line-height: 1.35; }
.pair, .cards { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); align-items: start; }
.cards { gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); align-items: stretch; }
.card { border: 1px solid var(--line); border-radius: 10px; padding: .9rem; }
dl { margin-top: .6rem; }
dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .2rem 0; }
dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }
.amiss { color: var(--bad); font-weight: 600; }
.steps { padding: 0; list-style: none; display: grid; gap: .7rem; }
.steps li { border-left: 4px solid var(--pending); padding: .1rem 0 .1rem .8rem; display: grid; gap: .25rem; }
.remedy { font-weight: 600; }
.remedy::before { content: "→ "; color: var(--soft); }
section h3 + .remedy { margin: .1rem 0 .5rem; }
.files + h3, p + h3, table + h3 { margin-top: 1.5rem; }
.files tbody th { width: 45%; }
.zero { color: var(--soft); }
.reasons .n { padding-right: 1.2rem; }
.files .name, .card .name { display: inline-block; max-width: 100%; overflow: clip; }
.chart { table-layout: fixed; margin-bottom: .6rem; }
.chart th, .chart td { padding: 0 2px; border: 0; text-align: center; }
.chart abbr { text-decoration: none; }
.chart tbody th { text-align: left; vertical-align: bottom; font-size: .875rem; color: var(--soft); }
.chart thead th:first-child { width: 3rem; text-align: left; }
.chart tbody th { border-bottom: 1px solid var(--line); }
.chart td { height: 3.4rem; vertical-align: bottom; border-bottom: 1px solid var(--line); position: relative; }
.column { position: absolute; left: 0; right: 0; bottom: 0; margin: 0 auto; width: min(80%, 2.1rem); min-height: 4px; display: flex; flex-direction: column; gap: 1px;
  border-radius: 3px 3px 0 0; overflow: hidden; }
.column i { min-height: 3px; flex-basis: 0; }
.unseen-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.wide { overflow-x: auto; }
.numbers tbody th { white-space: nowrap; }
details { margin-top: .8rem; }
summary { cursor: pointer; padding: .4rem 0; font-weight: 600; }
footer { padding: 0 .25rem; display: grid; gap: .4rem; }
@media (max-width: 40rem) {
  body { padding: .6rem .6rem 2rem; }
  .hero, section { padding: 1rem; border-radius: 12px; }
  .files thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .files tr, .files tbody th, .files td { display: block; width: auto; }
  .files tbody th { border: 0; padding-bottom: 0; }
  .numbers { font-size: .8125rem; }
  .numbers thead th { font-size: .75rem; white-space: normal; }
  .numbers .n { padding-left: .35rem; }
  .reasons .n { padding-right: .8rem; }
  .chart th, .chart td { padding: 0 1px; }
}
@media print {
  :root { --back: #fff; --card: #fff; --text: #000; --soft: #333; --line: #bbb; --code: #fff; --good: #12693f; --waits: #8a5500; --bad: #ad1f1c;
    --good-back: #fff; --waits-back: #fff; --bad-back: #fff; --proven: #2a9d67; --by-size: #6bbf9c; --different: #c62f2b; --pending: #d68a00;
    --unseen: #aeb6c2; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .hero, section { border-radius: 0; border-width: 0 0 1px; padding: .6rem 0; break-inside: auto; }
  h2, h3, caption { break-after: avoid; }
  tr, .card, .steps li { break-inside: avoid; }
  thead { display: table-header-group; }
  details:not([open]) { display: none; }
}
)css";

}  // namespace i2i::cli
