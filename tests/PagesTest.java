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
                .flatMap(path -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(path, name)))
                .filter(Files::isExecutable).findFirst();
        assumeTrue(found.isPresent(), "there is no Chromium here; on Debian: apt install chromium");
        chromium = found.get();
    }

    @Test
    @DisplayName("Every page of a run shows its title and a chart as wide as the window, logs no error and asks "
            + "nothing of the network")
    void pages() throws Exception {
        assertEquals(0, Call.of(Lab.commandLine(), "E16", "--task-time", "300ms", "--out", folder).exitCode());
        var rows = IntStream.range(0, 61)
                .mapToObj(request -> "%d,0,async,1,%2$s,%2$s,%2$s,2021-01-26T00:00:03.%3$06dZ,ok".formatted(
                        request, "2021-01-26T00:00:00.000000Z", request + 1));
        var odd = "R&D #1's \"<x>\" 100% \\xmas 日本";
        Files.write(folder.resolve(odd + ".csv"), Stream.concat(Stream.of(Log.COLUMNS), rows).toList());
        assertEquals(0,
                Call.of(Analyze.commandLine(), folder.resolve(odd + ".csv"), "--task-time", "3s", "--out", folder)
                        .exitCode());
        var data = Proc.house().resolve("tests/data");
        assertEquals(0, Call.of(Analyze.commandLine(), "--together", "--out", folder, data.resolve("sync-4.log"),
                data.resolve("async-4.log")).exitCode());
        try (var files = Files.list(folder)) {
            var pages = files.filter(file -> file.toString().endsWith(".html") && !file.endsWith("report.html"))
                    .sorted().toList();
            assertEquals(
                    List.of(odd + "-in-flight.html", odd + "-lateness.html", odd + "-timeline.html", "index.html",
                            "together-timeline.html"),
                    pages.stream().map(page -> page.getFileName().toString()).sorted().toList());
            var all = browse(pages);
            for (var i = 0; i < pages.size(); i++) {
                var page = pages.get(i);
                var shown = all.get(i);
                var isCourse = page.endsWith("index.html");
                assertEquals(List.of(), shown.complaints, page::toString);
                assertTrue(shown.text.contains(isCourse ? "How many background tasks can a web server run at once"
                        : page.toString().contains("lateness") ? "Lateness: how long after it was due" : " tasks, "),
                        shown.text);
                if (!isCourse) assertEquals(1000, shown.chartWidth, 60, page + " has a chart as wide as the window");
                if (isCourse) assertTrue(shown.pictures > 0 && shown.pictures == shown.picturesLoaded,
                        page + " shows all its pictures");
                assertTrue(Files.size(page) < 3_000_000, page + " is small");
            }
        }
    }

    /** What a browser has made of a page, as HTML. */
    static String dom(String address) throws Exception {
        var profile = Files.createTempDirectory("chromium");
        try (var browser = Script.command(profile, Map.of(), chromium.toString(), "--headless", "--no-sandbox",
                "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--user-data-dir=" + profile, "--window-size=1000,800",
                "--virtual-time-budget=20000", "--dump-dom", address)) {
            assertEquals(0, browser.exitCode(), browser.err()::toString);
            return String.join("\n", browser.out());
        } finally {
            try {
                Proc.delete(profile);
            } catch (IOException stillWritten) { // by a helper of the browser that has not ended
            }
        }
    }

    record Shown(String text, int chartWidth, int pictures, int picturesLoaded, List<String> complaints) {}

    /** Opens copies of the pages that say what they show, all in one browser that may not use the network. */
    static List<Shown> browse(List<Path> pages) throws Exception {
        var probes = new ArrayList<Path>();
        var script = """
                <head><script>
                var complaints = [];
                const complain = (what, words) => complaints.push(what + ': ' + words);
                addEventListener('error', event => complain('error', event.message || event.target.src), true);
                addEventListener('unhandledrejection', event => complain('rejected', event.reason));
                for (const name of ['error', 'warn']) console[name] = (...words) => complain(name, words);
                addEventListener('load', () => setTimeout(() => {
                    const chart = document.querySelector('.main-svg'), pictures = [...document.images];
                    const loaded = pictures.filter(picture => picture.complete && picture.naturalWidth > 0);
                    const asked = performance.getEntriesByType('resource').map(entry => entry.name)
                        .filter(name => !/^(file|data|blob):/.test(name));
                    const text = [...document.querySelectorAll('h1, text')].map(element => element.textContent);
                    parent.postMessage([text.join(' '), chart ? chart.getBoundingClientRect().width : 0,
                        pictures.length, loaded.length, ...complaints, ...asked], '*');
                }, 500));
                </script>""";
        var all = folder.resolve("all.html");
        try {
            for (var page : pages) {
                probes.add(page.resolveSibling("probe-" + page.getFileName()));
                Files.writeString(probes.getLast(), Files.readString(page).replace("<head>", script));
            }
            Files.writeString(all, """
                    <title>nothing</title><script>
                    const seen = new Map();
                    addEventListener('message', event => {
                        seen.set(event.source, event.data);
                        const frames = [...document.querySelectorAll('iframe')].map(frame => frame.contentWindow);
                        if (frames.every(frame => seen.has(frame)))
                            document.title = JSON.stringify(frames.map(frame => seen.get(frame)));
                    });
                    </script>""" + probes.stream().map(probe -> """
                    <iframe src="%s" style="width: 1000px; height: 800px; border: 0"></iframe>
                    """.formatted(probe.toUri())).collect(Collectors.joining()));
            var dom = dom("" + all.toUri());
            var title = Pattern.compile("<title>(\\[.*?])</title>", Pattern.DOTALL).matcher(dom);
            assertTrue(title.find(), dom);
            var found = new com.fasterxml.jackson.databind.ObjectMapper()
                    .readTree(title.group(1).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"));
            var shown = new ArrayList<Shown>();
            for (var page : found) {
                var complaints = new ArrayList<String>();
                for (var i = 4; i < page.size(); i++) complaints.add(page.get(i).asText());
                shown.add(new Shown(page.get(0).asText(), page.get(1).asInt(), page.get(2).asInt(),
                        page.get(3).asInt(), complaints));
            }
            return shown;
        } finally {
            Files.delete(all);
            for (var probe : probes) Files.delete(probe);
        }
    }
}
