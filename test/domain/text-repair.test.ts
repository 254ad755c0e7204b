import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correctWindows1252, repairText } from "../../src/domain/text-repair.ts";
import { runs } from "../support/runs.ts";
import { honestTexts } from "./honest-texts.ts";

const windows1252 = new TextDecoder("windows-1252");
const garble = (text: string): string => correctWindows1252(windows1252.decode(new TextEncoder().encode(text)));

/** Correct texts that people write, parts of which encode to valid UTF-8. */
const honest = [
  "Cafés, Ã alone, and “quotes” – all honest",
  "SÃO PAULO, AÇÃO, MANHÃ”",
  "NÃO É À TOA",
  "MANHÃ… e AMANHÃ\u00A0», a letra Ã” e Ã…",
  "Às vezes, não: “avó” é avô",
  "Tiếng Việt: Đường, ĂÂ, Ãi",
  "TỰ HÀO LÀ NGƯỜI VIỆT…",
  "« passé » et « café… »",
  "“CAFÉ” — É… CAFÉ® CAFÉ—mais",
  "RÉSUMÉ\u00A0: l’ÉTÉ\u00A0?",
  "de £10 à\u00A0£20, ou de 5 à\u00A0€20",
  "passé—œuvre",
  "MÔŽE BYŤ, VÝŠE, NÍŽE",
  "Otče náš… a „váš“ „náš”",
  "dobré–že",
  "hâlâ…” dedi, ‹hâlâ›”",
  "PÅ… Ö”",
  "日本語 🔑 – Привет",
  "passé\u00A0» et «\u00A0café\u00A0»",
  "5×£35, 2×¥100, 4×€2 et 3\u00A0×\u00A0½",
  "5×£35",
  "2×½×¼",
  "ביקור ב־5×£35",
  "lá´´",
  "SÉ¡",
  "É¿",
  "¡OLÉ!¿QUÉ? ¡OLÉ¡",
  "Viel Spaß“, Gruß…, Straße®",
  "„ÜBERGRÖẞE“, ‚MENÜ‘, »Ö«, ›Ö‹",
  "SCHÖ\u00ADNER WOHNEN, Stra\u00ADßen, GRÖ\u00ADẞE, Gruß\u00ADkarte",
  "MENÜ† und CAFÉ‡, IDÉ§",
  "Rohr Ø±0,1 und Ø£",
  "12,5Å±0,1 und 10 Å² und 3 Å³",
  "COBORÎ” și URÎ³",
  "Það“ og „það”…’",
  "ΚΑΦΈ”, IPA: [ɡ] [É] [ˈkæfeɪ], ʃ",
  "Ö…Ö…Ö… und É”É”",
  "AN tÉ” agus Ó hÉ…",
];

/** Text whose misreading is what people may write. */
const provable = ["HÔTEL", "ZURÜCK", "OÙ", "Rīga", "Gàidhlig", "hatiku♫", "IL2Rγ", "TÊTE", "λ", "ש"];

/**
 * Words of many languages: with letters that are first bytes of UTF-8, at the end of a word or before another letter.
 */
const words = (
  "café résumé passé naïve garçon là où hâlâ kâğıt größe Spaß Straße Öl Ü Å på nå Bokmål fjärde näkö köttbullar smør " +
  "manhã avó avô não ações pão olé qué está mañana lá tú coborî urî și țară náš váš náž výš může môže že éž dobré " +
  "gyönyörű ő háž það ný Þór ð ský Tiếng Việt Đường là ừ ă Ê ÿ ñ caña llà català Łódź żółć zażółć çà œuvre " +
  "cœur Θεός Привет שלום مرحبا 日本語 x 5 mm"
).split(" ");
const follows = [
  ..."…”“’‘»«›‹–—®™©°²³¹„‚´†‡!?.,:".split(""),
  ..."\u00A0! \u00A0» \u00A0: \u00AD …” ”… »… .” !“ ”’ “‘ ”– ²” ®” -".split(" "),
  "",
];
const separators = [" ", " ", " «", " “", " £", ", ", "\n"];

describe("text that was read in the wrong encoding", () => {
  it.each([
    "–",
    "— so",
    "“quoted”",
    "it’s",
    "🔑 key",
    "✅ done",
    "⚡",
    "🎨",
    "📷",
    "café au lait",
    "naïve",
    "für",
    "à la carte",
    "zobaczył",
    "łaska",
    "Привет",
    "日本語のテキスト",
    "Ärger",
    "« texte »",
  ])("is repaired: %s", (text) => {
    expect(repairText(garble(text))).toBe(text);
  });

  it("is repaired where it was misread twice", () => {
    expect(repairText(garble(garble("a – b")))).toBe("a – b");
  });

  it("is repaired run by run", () => {
    expect(repairText(`Café ${garble("–")} naïve ${garble("🔑")}`)).toBe("Café – naïve 🔑");
  });

  it.each(honest)("is not found in %s", (text) => {
    expect(repairText(text)).toBe(text);
  });

  it("is not found in any of the texts that are kept of twelve languages", () => {
    expect(honestTexts.length).toBeGreaterThan(200);
    expect(honestTexts.filter((text) => repairText(text) !== text)).toEqual([]);
    expect(repairText(honestTexts.join("\n"))).toBe(honestTexts.join("\n"));
    const escaped = honestTexts.map((text) =>
      text.replaceAll(/[\u00A0-\u00FF]/g, (char) => `&#${char.charCodeAt(0)};`),
    );
    expect(escaped.filter((text) => repairText(text) !== text)).toEqual([]);
  });

  it.each([
    ["日本語のテキストです。", "Japanese"],
    ["שלום עולם, זהו טקסט", "Hebrew"],
    ["สวัสดีชาวโลก ภาษาไทย", "Thai"],
  ])("is repaired where it was misread twice: %s (%s)", (text) => {
    expect(repairText(garble(garble(text)))).toBe(text);
  });

  it("is repaired where it was escaped, and other references stay", () => {
    expect(repairText("caf&Atilde;&copy;, &#195;&#169;t&#xC3;&#xA9; &acirc;&euro;&trade; &acirc;€“")).toBe(
      "café, été ’ –",
    );
    expect(repairText("Stra&Atilde;Ÿe")).toBe("Straße");
    const honest =
      "S&Atilde;O &eacute;&nbsp;! &amp;&lt; MANH&Atilde;&nbsp;&raquo; &laquo;&nbsp;a&nbsp;&raquo; 5&times;&pound;35 &a;&b;";
    expect(repairText(honest)).toBe(honest);
    expect(repairText(`${honest}\n&Uuml;&szlig; H&Atilde;&rdquo;TEL &acirc;&euro;&ldquo; x`)).toContain("HÔTEL – x");
  });

  it.each([
    ["windows-1250", "Příliš žluťoučký kůň úpěl ďábelské ódy – je to tak."],
    ["windows-1250", "Zażółć gęślą jaźń, świeży tekst został źle odczytany"],
    ["windows-1250", "Árvíztűrő tükörfúrógép, gyönyörű szöveg és még több"],
    ["windows-1251", "Привет, мир! Это обычный текст — «на русском языке»."],
    ["windows-1251", "Це звичайний український текст, його прочитано неправильно. Їжак і ґанок."],
  ])("is repaired where UTF-8 was read as %s, and the document proves it: %s", (label, text) => {
    const misread = (one: string) => new TextDecoder(label).decode(new TextEncoder().encode(one));
    expect(repairText(misread(text))).toBe(text);
    // A word is no proof, and neither is one in an honest text.
    expect(repairText(misread("č"))).toBe(misread("č"));
    expect(repairText(`${text}\n${misread("ž")}`)).toBe(`${text}\n${misread("ž")}`);
  });

  it.each([
    [
      "Slovenian",
      "Lani smo v naši ekipi znova napisali program, ki bere dokumente in iz njih naredi novice. Delo je trajalo skoraj " +
        "pol leta, ker nismo hoteli izgubiti nobene vrstice. Najprej smo zbrali primere, potem smo jih preizkusili na več " +
        "računalnikih in pogledali, kaj nastane. Pri tem se je pokazalo, da nekateri avtorji pišejo naslove brez presledkov. " +
        "Zdaj vse deluje hitro, tudi pri velikih datotekah, in če gre kaj narobe, program pove, kje je napaka.",
    ],
    [
      "Croatian",
      "Prošle smo godine ponovno napisali program koji čita dokumente i od njih radi vijesti. Posao je trajao gotovo " +
        "pola godine, jer nismo htjeli izgubiti niti jedan redak. Najprije smo skupili primjere, onda smo ih stavili u " +
        "mapu i pogledali što će nastati. Pri tome se pokazalo da neki autori pišu naslove bez razmaka. Sada sve to " +
        "radi brzo, i s velikim datotekama, bez čekanja.",
    ],
    [
      "German",
      "Im letzten Jahr haben wir das Programm neu geschrieben, das Dokumente liest und daraus Nachrichten für Leser macht. " +
        "Die Arbeit hat ungefähr ein halbes Jahr gedauert, weil wir natürlich keine Zeile verlieren wollten. Zuerst haben wir " +
        "Beispiele gesammelt, dann haben wir geprüft, was aus ihnen entsteht. Dabei fiel auf, dass einige Überschriften keine " +
        "Leerzeichen hatten. Jetzt läuft alles schnell, und bei einem Fehler erfährt der Autor, an welcher Stelle er steht.",
    ],
  ])("is repaired in an ordinary paragraph of %s, of which few words have such a letter", (_, text) => {
    const misread = new TextDecoder("windows-1250").decode(new TextEncoder().encode(text));
    expect(repairText(misread)).toBe(text);
  });

  describe("that an article only quotes", () => {
    const asCyrillic = (text: string) => new TextDecoder("windows-1251").decode(new TextEncoder().encode(text));
    const asPolish = (text: string) => new TextDecoder("windows-1250").decode(new TextEncoder().encode(text));
    const russian = asCyrillic("Привет мир");
    const polish = asPolish("zażółć gęślą jaźń");

    it.each([
      ["English", `If a server names the wrong encoding, readers see ${russian} instead of the greeting.`],
      ["English, with a long example", `This is what came out:\n\n\`\`\`\n${russian.repeat(50)}\n\`\`\`\n`],
      [
        "English, with two Polish examples",
        `The first line is ${polish} here, and the second line is ${polish} there.`,
      ],
      ["English, as indented code", `This is what came out:\n\n    ${polish}\n\t${polish}, ${polish}\n`],
      ["English, in a table", `What came out:\n\n| Page | Text |\n|---|---|\n| a | ${polish} |\n| b | ${polish} |\n`],
      ["English, in quotation marks", `You see "${russian}" or “${polish}” here.`],
      [
        "English, with a Polish example",
        `If a server names the wrong encoding, readers see ${polish} instead of it. That is why each page has to name its own.`,
      ],
      ["Russian", `Вместо текста видно \`${russian}\`, и это никому не нравится.`],
      ["Russian, which is shorter than the example", `Вот что видно:\n\n${`${russian} `.repeat(5)}`],
      ["Polish", `Zamiast tekstu widać ${polish}, a to się nikomu nie podoba, bo źle się to czyta.`],
      ["Czech", `Místo textu vidíte „${polish}“ a nikdo neví, co to má znamenat.`],
    ])("stays: %s", (_, text) => {
      expect(repairText(text)).toBe(text);
    });

    it.each([
      ["in quotation marks", `The café’s page says "${garble("it’s")}" to everybody.`],
      ["in code", `Le café est fermé.\n\n\`\`\`\n${garble("é – 🔑")}\n\`\`\``],
      ["as references", "The café’s page has `caf&Atilde;&copy;` in its source."],
      [
        "below front matter",
        `---\ntitle: "Mojibake"\n---\nÜber Fehler: \`${garble("Über")}\` und „${garble("größer")}“.`,
      ],
    ])("stays where it was decoded as Windows-1252, too: %s", (_, text) => {
      expect(repairText(text)).toBe(text);
    });

    it("is repaired where the document has no letter that is right, or the title is wrong as well", () => {
      expect(repairText(`He says "${garble("it’s")}" to everybody.`)).toBe('He says "it’s" to everybody.');
      expect(repairText(`---\ntitle: "${garble("It’s")}"\n---\nThe café says "${garble("it’s")}".`)).toBe(
        '---\ntitle: "It’s"\n---\nThe café says "it’s".',
      );
    });

    it("is repaired with the whole document that has code, links and words of another language in it", () => {
      const article =
        '---\ntitle: "Выпуск 5.0"\nslug: release\ntags: [news, node]\n---\nСегодня вышла новая версия Node.js и Electron, ' +
        "её можно [скачать](https://example.com/download/latest/version).\n\n" +
        "```js\nconst a = require('a'); // what does this do, and why is it here?\n```\n\nСпасибо всем, кто помогал.\n";
      expect(repairText(asCyrillic(article))).toBe(article);
    });
  });

  it.each([...honest.filter((text) => !text.includes("\n")), ...provable])(
    "is repaired where the document proves that it was misread: %s",
    (text) => {
      for (const proof of ["🔑", "✅", "“quoted”", "one – two", "it’s", "and so on…"])
        expect(repairText(`${garble(text)}\n\nbody\n\n${garble(proof)}`)).toBe(`${text}\n\nbody\n\n${proof}`);
    },
  );

  it.each(provable)("is left as it is without proof: %s", (text) => {
    expect(repairText(garble(text))).toBe(garble(text));
  });

  it("is not found, in spite of the proof, on a line with a character that a misreading cannot leave", () => {
    expect(repairText(`Spaß“ für Ä“ 日\n${garble("HÔTEL")}\n${garble("🔑")}`)).toBe("Spaß“ für Ä“ 日\nHÔTEL\n🔑");
  });

  it("is repaired on a line on which a no-break space or a C1 control was lost", () => {
    const damaged = garble("“ZURÜCK à Paris”").replaceAll("\u00A0", " ").replaceAll("\u009D", "");
    expect(repairText(damaged)).toBe("“ZURÜCK Ã  Parisâ€");
  });

  it("is never found in honest text of any language", () => {
    const word = fc.constantFrom(...words).chain((one) => fc.constantFrom(one, one.toUpperCase()));
    const text = fc
      .array(fc.tuple(word, fc.constantFrom(...follows), fc.constantFrom(...separators)).map((parts) => parts.join("")))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (one) => {
        expect(repairText(one)).toBe(one);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("is not repaired where the result would have control characters", () => {
    expect(repairText("a\u00C2\u0085b")).toBe("a\u00C2\u0085b");
  });

  it("is never found in ASCII", () => {
    fc.assert(fc.property(fc.string(), (text) => repairText(text) === text || /[\u0080-\uFFFF]/.test(text)));
  });
});
