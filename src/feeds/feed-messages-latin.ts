/** The text of the pages and feeds, except that of their site and posts. `{name}` is a placeholder. */
export interface Messages {
  readonly follow: string;
  readonly followHint: string;
  readonly open: string;
  /** The explanations by the id of the format. */
  readonly about: Readonly<Record<string, string>>;
  readonly importAll: string;
  readonly allFeeds: string;
  readonly newest: string;
  readonly older: string;
  readonly newer: string;
  readonly empty: string;
  readonly readingTime: string;
  readonly alsoOn: string;
  readonly alsoIn: string;
  readonly disclosure: string;
  readonly picks: string;
  readonly kinds: string;
  readonly topics: string;
  readonly allTopics: string;
  readonly languages: string;
  readonly others: string;
  readonly othersHint: string;
  readonly moreFrom: string;
  readonly moreHint: string;
  readonly haveSite: string;
  readonly haveSiteHint: string;
  readonly by: string;
  readonly licence: string;
  readonly keptValid: string;
  readonly featured: string;
  readonly notes: string;
  readonly articles: string;
  readonly archivePage: string;
  readonly postsOf: string;
  readonly notFound: string;
  readonly notFoundHint: string;
}

export const en: Messages = {
  follow: "Follow along",
  followHint: "Copy an address into your feed reader, and new posts come to you. There is nothing to sign up for.",
  open: "Open {format}",
  about: {
    rss: "Works in every feed reader.",
    atom: "The same posts in the newer standard.",
    json: "For apps and scripts that prefer JSON.",
  },
  importAll: "Most readers also import {feeds}.",
  allFeeds: "all feeds as OPML",
  newest: "Newest posts",
  older: "Older posts",
  newer: "Newer posts",
  empty: "Nothing has been published here yet. Follow one of the feeds above, and the first post will come to you.",
  readingTime: "{time} read",
  alsoOn: "Also on {links}",
  alsoIn: "Other languages: {links}",
  disclosure: "Written with the help of {tool}",
  picks: "Picks",
  kinds: "By kind",
  topics: "Topics",
  allTopics: "All topics ({count})",
  languages: "Languages",
  others: "Follow only what you like",
  othersHint: "Each of these is a feed of its own.",
  moreFrom: "More from {site}",
  moreHint: "All posts, and every other feed.",
  haveSite: "Have a site? Put these lines in its {head}",
  haveSiteHint: "Then browsers and feed readers find the feeds from each of its pages.",
  by: "By {author}.",
  licence: "Licence: {licence}.",
  keptValid: "These feeds are kept valid by Crier.",
  featured: "Featured",
  notes: "Notes",
  articles: "Articles",
  archivePage: "Archive, page {page}",
  postsOf: "{feed}: posts of {site}",
  notFound: "There is no page here",
  notFoundHint: "The address may be wrong, or the page is gone. The newest posts and all feeds are here: {page}",
};

export const de: Messages = {
  follow: "Auf dem Laufenden bleiben",
  followHint: "Kopieren Sie eine Adresse in Ihren Feedreader, und neue Beiträge kommen zu Ihnen, ganz ohne Anmeldung.",
  open: "{format} öffnen",
  about: {
    rss: "Funktioniert in jedem Feedreader.",
    atom: "Dieselben Beiträge im neueren Standard.",
    json: "Für Apps und Skripte, die lieber JSON lesen.",
  },
  importAll: "Die meisten Feedreader importieren auch {feeds}.",
  allFeeds: "alle Feeds als OPML",
  newest: "Neueste Beiträge",
  older: "Ältere Beiträge",
  newer: "Neuere Beiträge",
  empty: "Hier ist noch nichts erschienen. Folgen Sie einem der Feeds oben, dann kommt der erste Beitrag zu Ihnen.",
  readingTime: "{time} Lesezeit",
  alsoOn: "Auch auf {links}",
  alsoIn: "Weitere Sprachen: {links}",
  disclosure: "Geschrieben mit Hilfe von {tool}",
  picks: "Auswahl",
  kinds: "Nach Art",
  topics: "Themen",
  allTopics: "Alle Themen ({count})",
  languages: "Sprachen",
  others: "Nur folgen, was gefällt",
  othersHint: "Jedes davon ist ein eigener Feed.",
  moreFrom: "Mehr von {site}",
  moreHint: "Alle Beiträge und alle weiteren Feeds.",
  haveSite: "Sie haben eine Website? Setzen Sie diese Zeilen in ihren {head}",
  haveSiteHint: "Dann finden Browser und Feedreader die Feeds von jeder ihrer Seiten aus.",
  by: "Von {author}.",
  licence: "Lizenz: {licence}.",
  keptValid: "Crier sorgt dafür, dass diese Feeds gültig bleiben.",
  featured: "Empfohlene Beiträge",
  notes: "Notizen",
  articles: "Artikel",
  archivePage: "Archiv, Seite {page}",
  postsOf: "{feed}: Beiträge von {site}",
  notFound: "Hier ist keine Seite",
  notFoundHint:
    "Vielleicht stimmt die Adresse nicht, oder die Seite gibt es nicht mehr. Die neuesten Beiträge und alle Feeds sind hier: {page}",
};

export const es: Messages = {
  follow: "Seguir este sitio",
  followHint: "Copia una dirección en tu lector de feeds y recibirás las entradas nuevas, sin registrarte.",
  open: "Abrir {format}",
  about: {
    rss: "Funciona en todos los lectores de feeds.",
    atom: "Las mismas entradas en el estándar más reciente.",
    json: "Para aplicaciones y scripts que prefieren JSON.",
  },
  importAll: "La mayoría de los lectores también importa {feeds}.",
  allFeeds: "todos los feeds en OPML",
  newest: "Entradas más recientes",
  older: "Entradas anteriores",
  newer: "Entradas más nuevas",
  empty: "Aquí todavía no se ha publicado nada. Sigue uno de los feeds de arriba y recibirás la primera entrada.",
  readingTime: "{time} de lectura",
  alsoOn: "También en {links}",
  alsoIn: "Otros idiomas: {links}",
  disclosure: "Escrito con la ayuda de {tool}",
  picks: "Selección",
  kinds: "Por tipo",
  topics: "Temas",
  allTopics: "Todos los temas ({count})",
  languages: "Idiomas",
  others: "Sigue solo lo que te gusta",
  othersHint: "Cada uno de estos es un feed propio.",
  moreFrom: "Más de {site}",
  moreHint: "Todas las entradas y los demás feeds.",
  haveSite: "¿Tienes un sitio? Pon estas líneas en su {head}",
  haveSiteHint: "Así los navegadores y lectores encuentran los feeds desde cada una de sus páginas.",
  by: "Por {author}.",
  licence: "Licencia: {licence}.",
  keptValid: "Crier mantiene válidos estos feeds.",
  featured: "Destacados",
  notes: "Notas",
  articles: "Artículos",
  archivePage: "Archivo, página {page}",
  postsOf: "{feed}: entradas de {site}",
  notFound: "Aquí no hay ninguna página",
  notFoundHint:
    "Puede que la dirección no sea correcta o que la página ya no exista. Las últimas entradas y todos los feeds están aquí: {page}",
};

export const fr: Messages = {
  follow: "Suivre ce site",
  followHint:
    "Copiez une adresse dans votre lecteur de flux et les nouveaux articles viendront à vous, sans inscription.",
  open: "Ouvrir {format}",
  about: {
    rss: "Fonctionne dans tous les lecteurs de flux.",
    atom: "Les mêmes articles dans le standard plus récent.",
    json: "Pour les applications et les scripts qui préfèrent JSON.",
  },
  importAll: "La plupart des lecteurs importent aussi {feeds}.",
  allFeeds: "tous les flux en OPML",
  newest: "Derniers articles",
  older: "Articles plus anciens",
  newer: "Articles plus récents",
  empty: "Rien n’a encore été publié ici. Suivez l’un des flux ci-dessus et le premier article viendra à vous.",
  readingTime: "{time} de lecture",
  alsoOn: "Aussi sur {links}",
  alsoIn: "Autres langues : {links}",
  disclosure: "Écrit avec l’aide de {tool}",
  picks: "Sélection",
  kinds: "Par type",
  topics: "Thèmes",
  allTopics: "Tous les thèmes ({count})",
  languages: "Langues",
  others: "Ne suivre que ce qui vous plaît",
  othersHint: "Chacun d’eux est un flux à part.",
  moreFrom: "Plus de {site}",
  moreHint: "Tous les articles et tous les autres flux.",
  haveSite: "Vous avez un site ? Placez ces lignes dans son {head}",
  haveSiteHint: "Les navigateurs et les lecteurs trouvent alors les flux depuis chacune de ses pages.",
  by: "Par {author}.",
  licence: "Licence : {licence}.",
  keptValid: "Crier veille à la validité de ces flux.",
  featured: "À la une",
  notes: "Notes",
  articles: "Articles",
  archivePage: "Archives, page {page}",
  postsOf: "{feed} : articles de {site}",
  notFound: "Il n’y a pas de page ici",
  notFoundHint:
    "L’adresse est peut-être inexacte, ou la page n’existe plus. Les derniers articles et tous les flux sont ici : {page}",
};

export const it: Messages = {
  follow: "Segui questo sito",
  followHint: "Copia un indirizzo nel tuo lettore di feed e i nuovi articoli arriveranno da soli, senza registrazione.",
  open: "Apri {format}",
  about: {
    rss: "Funziona in ogni lettore di feed.",
    atom: "Gli stessi articoli nello standard più recente.",
    json: "Per app e script che preferiscono JSON.",
  },
  importAll: "La maggior parte dei lettori importa anche {feeds}.",
  allFeeds: "tutti i feed in OPML",
  newest: "Articoli più recenti",
  older: "Articoli precedenti",
  newer: "Articoli più recenti",
  empty: "Qui non è ancora stato pubblicato nulla. Segui uno dei feed qui sopra e riceverai il primo articolo.",
  readingTime: "{time} di lettura",
  alsoOn: "Anche su {links}",
  alsoIn: "Altre lingue: {links}",
  disclosure: "Scritto con l’aiuto di {tool}",
  picks: "Selezione",
  kinds: "Per tipo",
  topics: "Argomenti",
  allTopics: "Tutti gli argomenti ({count})",
  languages: "Lingue",
  others: "Segui solo ciò che ti piace",
  othersHint: "Ognuno di questi è un feed a sé.",
  moreFrom: "Altro da {site}",
  moreHint: "Tutti gli articoli e tutti gli altri feed.",
  haveSite: "Hai un sito? Metti queste righe nel suo {head}",
  haveSiteHint: "Così browser e lettori trovano i feed da ogni sua pagina.",
  by: "Di {author}.",
  licence: "Licenza: {licence}.",
  keptValid: "Crier mantiene validi questi feed.",
  featured: "In evidenza",
  notes: "Note",
  articles: "Articoli",
  archivePage: "Archivio, pagina {page}",
  postsOf: "{feed}: articoli di {site}",
  notFound: "Qui non c’è nessuna pagina",
  notFoundHint:
    "L’indirizzo potrebbe essere sbagliato, o la pagina non esiste più. Gli ultimi articoli e tutti i feed sono qui: {page}",
};

export const nl: Messages = {
  follow: "Volg deze site",
  followHint: "Kopieer een adres naar je feedlezer, en nieuwe berichten komen naar je toe. Aanmelden hoeft niet.",
  open: "{format} openen",
  about: {
    rss: "Werkt in elke feedlezer.",
    atom: "Dezelfde berichten in de nieuwere standaard.",
    json: "Voor apps en scripts die liever JSON lezen.",
  },
  importAll: "De meeste feedlezers importeren ook {feeds}.",
  allFeeds: "alle feeds als OPML",
  newest: "Nieuwste berichten",
  older: "Oudere berichten",
  newer: "Nieuwere berichten",
  empty: "Hier is nog niets verschenen. Volg een van de feeds hierboven, en het eerste bericht komt naar je toe.",
  readingTime: "{time} leestijd",
  alsoOn: "Ook op {links}",
  alsoIn: "Andere talen: {links}",
  disclosure: "Geschreven met hulp van {tool}",
  picks: "Keuze",
  kinds: "Op soort",
  topics: "Onderwerpen",
  allTopics: "Alle onderwerpen ({count})",
  languages: "Talen",
  others: "Volg alleen wat je boeit",
  othersHint: "Elk hiervan is een eigen feed.",
  moreFrom: "Meer van {site}",
  moreHint: "Alle berichten en alle andere feeds.",
  haveSite: "Heb je een site? Zet deze regels in de {head}",
  haveSiteHint: "Dan vinden browsers en feedlezers de feeds vanaf elke pagina.",
  by: "Door {author}.",
  licence: "Licentie: {licence}.",
  keptValid: "Crier houdt deze feeds geldig.",
  featured: "Uitgelicht",
  notes: "Notities",
  articles: "Artikelen",
  archivePage: "Archief, pagina {page}",
  postsOf: "{feed}: berichten van {site}",
  notFound: "Hier is geen pagina",
  notFoundHint:
    "Misschien klopt het adres niet, of bestaat de pagina niet meer. De nieuwste berichten en alle feeds staan hier: {page}",
};

export const pl: Messages = {
  follow: "Obserwuj tę stronę",
  followHint: "Skopiuj adres do czytnika kanałów, a nowe wpisy przyjdą same. Bez rejestracji.",
  open: "Otwórz {format}",
  about: {
    rss: "Działa w każdym czytniku kanałów.",
    atom: "Te same wpisy w nowszym standardzie.",
    json: "Dla aplikacji i skryptów, które wolą JSON.",
  },
  importAll: "Większość czytników importuje też {feeds}.",
  allFeeds: "wszystkie kanały jako OPML",
  newest: "Najnowsze wpisy",
  older: "Starsze wpisy",
  newer: "Nowsze wpisy",
  empty: "Nic tu jeszcze nie opublikowano. Obserwuj jeden z kanałów powyżej, a pierwszy wpis przyjdzie sam.",
  readingTime: "{time} czytania",
  alsoOn: "Także na {links}",
  alsoIn: "Inne języki: {links}",
  disclosure: "Napisano z pomocą {tool}",
  picks: "Wybrane",
  kinds: "Według rodzaju",
  topics: "Tematy",
  allTopics: "Wszystkie tematy ({count})",
  languages: "Języki",
  others: "Obserwuj tylko to, co lubisz",
  othersHint: "Każdy z nich to osobny kanał.",
  moreFrom: "Więcej: {site}",
  moreHint: "Wszystkie wpisy i pozostałe kanały.",
  haveSite: "Masz stronę? Umieść te wiersze w jej {head}",
  haveSiteHint: "Wtedy przeglądarki i czytniki znajdą kanały z każdej jej podstrony.",
  by: "Autor: {author}.",
  licence: "Licencja: {licence}.",
  keptValid: "Crier dba o poprawność tych kanałów.",
  featured: "Wyróżnione",
  notes: "Notatki",
  articles: "Artykuły",
  archivePage: "Archiwum, strona {page}",
  postsOf: "{feed}: wpisy z {site}",
  notFound: "Nie ma tu żadnej strony",
  notFoundHint:
    "Adres może być błędny albo strona już nie istnieje. Najnowsze wpisy i wszystkie kanały są tutaj: {page}",
};

export const pt: Messages = {
  follow: "Seguir este site",
  followHint: "Copie um endereço para o seu leitor de feeds e receba as novas publicações, sem inscrição.",
  open: "Abrir {format}",
  about: {
    rss: "Funciona em todos os leitores de feeds.",
    atom: "As mesmas publicações no padrão mais recente.",
    json: "Para aplicações e scripts que preferem JSON.",
  },
  importAll: "A maioria dos leitores também importa {feeds}.",
  allFeeds: "todos os feeds em OPML",
  newest: "Publicações mais recentes",
  older: "Publicações mais antigas",
  newer: "Publicações mais recentes",
  empty: "Ainda não há nada publicado aqui. Siga um dos feeds acima e receba a primeira publicação.",
  readingTime: "{time} de leitura",
  alsoOn: "Também em {links}",
  alsoIn: "Outros idiomas: {links}",
  disclosure: "Escrito com a ajuda de {tool}",
  picks: "Seleção",
  kinds: "Por tipo",
  topics: "Temas",
  allTopics: "Todos os temas ({count})",
  languages: "Idiomas",
  others: "Siga só o que lhe interessa",
  othersHint: "Cada um destes é um feed próprio.",
  moreFrom: "Mais de {site}",
  moreHint: "Todas as publicações e os outros feeds.",
  haveSite: "Tem um site? Coloque estas linhas no {head}",
  haveSiteHint: "Assim, navegadores e leitores encontram os feeds em qualquer página do site.",
  by: "Por {author}.",
  licence: "Licença: {licence}.",
  keptValid: "O Crier mantém estes feeds válidos.",
  featured: "Destaques",
  notes: "Notas",
  articles: "Artigos",
  archivePage: "Arquivo, página {page}",
  postsOf: "{feed}: publicações de {site}",
  notFound: "Não há nenhuma página aqui",
  notFoundHint:
    "O endereço pode estar errado ou a página já não existe. As últimas publicações e todos os feeds estão aqui: {page}",
};
