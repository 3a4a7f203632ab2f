import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Pages, in a browser")
class PagesTest {

    @TempDir
    static Path folder;

    static Path chromium;

    @BeforeAll
    static void browser() {
        var found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(path -> Stream.of("chromium", "chromium-browser", "google-chrome").map(name -> Path.of(path, name)))
                .filter(Files::isExecutable).findFirst();
        assumeTrue(found.isPresent(), "there is no Chromium here; on Debian: apt install chromium");
        chromium = found.get();
    }

    @Test
    @DisplayName("Every page of a run shows its title and a chart as wide as the window, logs no error and asks nothing of the network")
    void pages() throws Exception {
        try (var lab = Script.start("Lab", "X01", "--task-time", "20ms", "--out", folder)) {
            lab.exitCode();
        }
        var rows = IntStream.range(0, 61).mapToObj(request -> "%d,0,async,1,%2$s,%2$s,%2$s,2021-01-26T00:00:03.%3$06dZ,ok".formatted(
                request, "2021-01-26T00:00:00.000000Z", request + 1));
        Files.write(folder.resolve("large.csv"), Stream.concat(Stream.of(Log.COLUMNS), rows).toList());
        try (var analyze = Script.start("analyze", folder.resolve("large.csv"), "--out", folder)) {
            assertEquals(0, analyze.exitCode());
        }
        try (var analyze = Script.start("analyze", "--together", "--out", folder, Proc.house().resolve("tests/data/sync-4.log"),
                Proc.house().resolve("tests/data/async-4.log"))) {
            assertEquals(0, analyze.exitCode());
        }
        try (var files = Files.walk(folder)) {
            var pages = files.filter(file -> file.toString().endsWith(".html") && !file.endsWith("report.html")).sorted().toList();
            assertEquals(List.of("events-in-flight.html", "events-lanes.html", "index.html", "large-in-flight.html", "large-lanes.html",
                    "large-lateness.html", "together-lanes.html"),
                    pages.stream().map(page -> page.getFileName().toString()).sorted().toList());
            for (var page : pages) {
                var shown = browse(page);
                var isNotebook = page.endsWith("index.html");
                assertEquals(List.of(), shown.complaints, page::toString);
                assertTrue(shown.text.contains(isNotebook ? "How many background tasks does a web server run at once"
                        : page.endsWith("large-lateness.html") ? "Lateness: how long after it was due" : " tasks, "), shown.text);
                if (!isNotebook) assertEquals(1000, shown.chartWidth, 60, page + " has a chart as wide as the window");
                if (isNotebook) assertTrue(shown.pictures > 0 && shown.pictures == shown.picturesLoaded, page + " shows all its pictures");
            }
        }
    }

    record Shown(String text, int chartWidth, int pictures, int picturesLoaded, List<String> complaints) {}

    /** Opens a copy of the page that writes down what it shows, in a browser that may not use the network. */
    static Shown browse(Path page) throws Exception {
        var probe = page.resolveSibling("probe-" + page.getFileName());
        Files.writeString(probe, Files.readString(page).replace("<head>", """
                <head><script>
                var complaints = [];
                addEventListener('error', event => complaints.push('error: ' + (event.message || event.target.src)), true);
                addEventListener('unhandledrejection', event => complaints.push('rejected: ' + event.reason));
                for (const name of ['error', 'warn']) console[name] = (...words) => complaints.push(name + ': ' + words);
                addEventListener('load', () => setTimeout(() => {
                    const chart = document.querySelector('.main-svg'), pictures = [...document.images];
                    const asked = performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !/^(file|data|blob):/.test(name));
                    const text = [...document.querySelectorAll('h1, text')].map(element => element.textContent).join(' ');
                    document.title = JSON.stringify([text, chart ? chart.getBoundingClientRect().width : 0, pictures.length,
                        pictures.filter(picture => picture.complete && picture.naturalWidth > 0).length, ...complaints, ...asked]);
                }, 500));
                </script>"""));
        var profile = Files.createTempDirectory("chromium");
        try (var browser = Script.command(folder, Map.of(), chromium.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir=" + profile,
                "--window-size=1000,800", "--virtual-time-budget=20000", "--dump-dom", probe.toUri().toString())) {
            assertEquals(0, browser.exitCode(), browser.err()::toString);
            var dom = String.join("\n", browser.out());
            var title = Pattern.compile("<title>(\\[.*?])</title>", Pattern.DOTALL).matcher(dom);
            assertTrue(title.find(), dom);
            var found = new com.fasterxml.jackson.databind.ObjectMapper()
                    .readTree(title.group(1).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"));
            var complaints = new ArrayList<String>();
            for (var i = 4; i < found.size(); i++) complaints.add(found.get(i).asText());
            return new Shown(found.get(0).asText(), found.get(1).asInt(), found.get(2).asInt(), found.get(3).asInt(), complaints);
        } finally {
            Files.delete(probe);
        }
    }
}
