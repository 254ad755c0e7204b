/** Correct texts as people write them: twenty of each language, one on each line. No repair may change one. */
const texts: Readonly<Record<string, string>> = {
  fr: `« Déjà vu », dit-elle.
L’ÉTÉ À LA MER : c’est fini !
Le café coûte 2 €, pas 20 £.
Un œuf, deux œufs, un bœuf…
Où êtes-vous ? À Nîmes, naturellement.
« ÇA SUFFIT ! » — et il partit.
Prix : de £10 à £20.
Noël à l’hôtel, forêt et île.
RÉSUMÉ® et CAFÉ™ sont des marques.
Passé—présent—futur.
Il a été élevé à Béziers.
Hélas… « trop tard ».
Ô temps, suspends ton vol !
Le naïf Zoë mange du maïs.
5×£35 font 175 £.
Référence n° 12, § 3, ½ page.
À 20 °C, ±2 °C.
L’œuvre d’Émile Zola
« Voilà », « là », « où »
Événement à Évian, entrée gratuite`,
  de: `Die Straße ist größer als früher.
„Grüße aus Köln“, schrieb sie.
ÜBERGRÖẞE und MENÜ‘
Äpfel, Öl und Übermut
Viel Spaß“, sagte er.
Er hört – und schweigt – lange.
»Öfter mal was Neues«, ›Ärger‹
10 × 5 = 50, ½ Liter, 20 °C
Das Ø beträgt 3 µm ± 0,1 µm.
Schließlich heißt es „Füße weg!“
Müßiggang ist aller Laster Anfang.
Preis: 5 €, früher 4 £
Die Bäckerei schließt um zwölf…
Gemäß § 5 ÄndG
Ä, Ö, Ü, ä, ö, ü, ß
Weißwürste für Übernächste
Jürgen, Björn und Käthe
GRÜSSE AUS MÜNCHEN!
Zürich—Genf—Basel
Straßenfußball in Österreich`,
  es: `¿Qué tal, señor Ibáñez?
¡OLÉ! ¡Qué alegría!
Mañana será otro día…
«Allá él», dijo la niña.
El pingüino comió piñas.
AÑO NUEVO EN ESPAÑA
¿QUÉ?¡OLÉ!
Está más allá de aquí.
La cigüeña voló a Cádiz.
1.º, 2.ª y 3.º
Él dijo: “no sé”.
CAMIÓN, AVIÓN Y AUTOBÚS
Café, té y té verde
José y Íñigo – Ávila
Precio: 5 € ± 1 €
ÚLTIMA HORA — SIN AGUA
El niño soñó con montañas.
¿Cómo? ¿Por qué? ¿Cuándo?
Corazón y razón, ½ y ¼
Según el artículo § 7`,
  pt: `SÃO PAULO, AÇÃO E MANHÃ”
Não há pão no balcão.
Avó e avô vão à feira.
MANHÃ… AMANHÃ»
«Às vezes», disse a irmã.
A emoção das canções
NÃO É À TOA!
Coração, opinião, razão
Três lençóis e cinco anéis
À noite, à tarde, às três
“Você já comeu maçã?”
LÃ, FÃ, RÃ, MAÇÃ
Ônibus, ênfase, ânimo
A letra Ã” e a letra Õ
É só às 20 °C.
Ação! Câmera! Luz!
Preço: 5 € – 6 €
Órgãos e órfãos
Água, açúcar e limão
Põe a mão no chão.`,
  cs: `Příliš žluťoučký kůň úpěl ďábelské ódy.
Otče náš, jenž jsi na nebesích…
„Váš dům“, řekl Tomáš.
MŮŽE BÝT, VÝŠE I NÍŽE
Šťastný nový rok!
Řeka Ohře teče Chebem.
„Náš“, „váš“ – obě
ČESKÁ REPUBLIKA
Děti jdou do školy.
Kéž by přišel déšť!
Žížala je v hlíně.
Cena: 5 € ± 1 €
ŽĎÁR, ČÁP, ŘÍP
Už? Až zítra…
Ústí nad Labem
Něco málo o městě
Tři stříbrné stříkačky
Ježíšek přinesl dárky.
Úřad má zavřeno.
Důležité: čtěte dál`,
  pl: `Zażółć gęślą jaźń.
„Cześć” – powiedział Łukasz.
ŁÓDŹ, ŚWIĘTO, ŻÓŁĆ
Być może jutro będzie lepiej…
Ćma, źrebię i żółw
Mały książę
Świętość i miłość
GĄSZCZ, PIEŚŃ, ŹRÓDŁO
Dziękuję, proszę, przepraszam
Wyjął nóż i uciął sznur.
Cena: 5 € – 6 €
Ósma rano, piąta po południu
„Ależ skąd!”
Więcej niż myślisz
Źle się stało.
Trzęsienie ziemi
Sól, mąka, pięć jaj
Żaden ślad nie został.
Ładna łąka
Święta Bożego Narodzenia`,
  hu: `Árvíztűrő tükörfúrógép
„Jó napot!” – mondta ő.
GYÖNYÖRŰ IDŐ VAN
Háromszéki népdalok
Öt szép szűzlány őrült írót nyúz.
Ő is, ők is eljöttek.
Űrhajó a Marsról…
FŐVÁROSI KÖNYVTÁR
»Idézet«, „idézet”
Egy félév alatt kész lett.
Ár: 5 € ± 1 €
Hűség és becsület
Érd, Győr, Pécs
Különös történet
Székesfehérvár
ÚJÉVI ÜDVÖZLET
Csütörtökön zárva
A tó fölött köd ült.
Tűz és víz
Nőnap: március 8.`,
  ro: `Și totuși, e frumos în țară.
„Bună ziua”, spuse Ștefan.
ȚARĂ, FATĂ, MAMĂ”
ROMÂNIA ȘI MOLDOVA
Fără îndoială, așa e.
COBORÎ” și URÎ”
Mâine, poimâine, săptămâna
Ăsta e Ionuț.
Înțelept și blând
Iași, Brașov, Timișoara
CASĂ… MASĂ… FATĂ…
Preț: 5 € – 6 €
«Pădurea spânzuraților»
Ţara și ţăranul
Câte zile are o lună?
ÎNTREBĂRI ȘI RĂSPUNSURI
Sărbători fericite!
Viață, moarte, înviere
Învățătoarea noastră
El tăcu; ea plecă.`,
  ru: `Привет, мир!
«Война и мир» — роман Толстого.
Съешь ещё этих мягких булок…
ЁЛКА, ЁЖ, ЁМКОСТЬ
№ 5, § 3, 20 °C ± 1 °C
Р… С… Т… — сказал он.
«Р» и «С» — две буквы.
ООО «Ромашка»
Г…Д…Е…
А»Б»В»
Ну вот… «опять»…
СССР, РСФСР, США
Это — 5 €, а не 6 £.
Подъезд, объём, вьюга
Ёжик в тумане
«Кто там?» — «Я».
Р·С=Т
РС, РФ, СР
Цена: 100 ₽
Что‑то, где‑то, кое‑кто`,
  uk: `Їжак і ґанок.
«Рік» і «сіль»
РІК, СІК, ТІК
Це — Україна, її мова.
Під’їзд, об’єкт, з’їзд
Єдність і ґречність
Рі… Сі… Ті…
У місті Львові дощ…
№ 7 «Кобзар»
І в Києві, і в Ізмаїлі
Віршів — сім, пісень — вісім
ЇЇ ЇЖА
Щедрий вечір, добрий вечір!
Сєвєродонецьк
«Лісова пісня»
Ціна: 50 ₴ ± 1 ₴
Ґудзик, дзиґа, аґрус
Не сміть!
Є ще надія…
Рівне — місто`,
  tr: `Hâlâ burada mısın?
“İstanbul’da hava güzel.”
ŞİŞLİ, ÇAĞLAYAN, ÜSKÜDAR
Kâğıt, dükkân, rüzgâr
Ağaçlar çiçek açtı…
Işık ve gölge
Çok teşekkür ederim!
ÖĞRENCİ GİRİŞİ
Yağmur yağıyor – gelme.
«Güle güle», dedi.
Fiyat: 5 € ± 1 €
Göğüs, gövde, güç
Üç küçük köpek
Ümit, Özgür ve Şule
Hâlâ” dedi; hâlâ…
İyi günler dilerim.
Değişiklik yapıldı.
Ölçü: 20 °C
Çığ düştü.
Şımarık çocuk`,
  vi: `Tiếng Việt có nhiều dấu.
ĐƯỜNG ĐI HÀ NỘI…
“Xin chào”, anh nói.
Ăn quả nhớ kẻ trồng cây.
Âm nhạc và điện ảnh
TỰ HÀO LÀ NGƯỜI VIỆT
Là ừ, đúng rồi!
Một hai ba bốn năm
Phở bò, bún chả, nem rán
Giá: 5 € – 6 €
Nước mắm Phú Quốc
Đà Nẵng – Huế – Hội An
Cà phê sữa đá
Ước gì được nấy
Trăm năm trong cõi người ta
Ơn cha nghĩa mẹ
ĂĐÂÊÔƠƯ
Những ngày cũ…
Mẹ ơi, con về!
Sông Cửu Long`,
};

/** The documents of each language, as a whole and line by line. */
export const honestTexts: readonly string[] = Object.values(texts).flatMap((all) => [all, ...all.split("\n")]);
