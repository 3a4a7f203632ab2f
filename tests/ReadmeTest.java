import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("README.md")
class ReadmeTest {

    static final Path README = Proc.house().resolve("README.md");

    @ParameterizedTest(name = "Its table of the {0} is that of the reference run, line for line")
    @ValueSource(strings = {"atlas", "bench"})
    void table(String name) throws IOException {
        var shown = Pattern.compile("(?s)<!-- " + name + ": .*?-->\n(.*?)<!-- end -->").matcher(Files.readString(README));
        assertTrue(shown.find(), "README.md has no place for the " + name);
        assertTrue(shown.group(1).lines().count() > 5, "README.md has no " + name);
        assertTrue(Files.readString(Proc.house().resolve("results/reference/README.md")).contains(shown.group(1)),
                "the reference run has another " + name);
    }

    @Test
    @DisplayName("Its line on each experiment has the claims of the reference run")
    void lines() throws IOException {
        var reference = Files.readString(Proc.house().resolve("results/reference/README.md"));
        var lines =
                Pattern.compile("(?m)^(E\\d+)  plateau .* (\\d+) of (\\d+) claims hold   (.*)$").matcher(Files.readString(README)).results().toList();
        assertEquals(Lab.classes("E\\d+_\\w+").size(), lines.size());
        for (var line : lines) {
            assertTrue(reference.contains("\n## " + line.group(1) + ": " + line.group(4) + "\n"), line.group());
            var rows = reference.lines().filter(row -> row.startsWith("| " + line.group(1) + " |")).toList();
            assertEquals(line.group(3), "" + rows.size(), line.group());
            assertEquals(line.group(2), "" + rows.stream().filter(row -> row.endsWith("| holds |")).count(), line.group());
        }
    }

    @Test
    @DisplayName("The reference run says the same to today's claims, byte for byte")
    void reference(@TempDir Path folder) throws Exception {
        var reference = Proc.house().resolve("results/reference");
        try (var files = Files.walk(reference)) {
            for (var file : files.filter(each -> each.toString().matches(".*\\.(csv|csv\\.gz|json)")).toList()) {
                var copy = folder.resolve(reference.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        try (var report = Script.start("Lab", "report", folder)) {
            assertEquals(0, report.exitCode(), () -> report.out() + "" + report.err());
            assertEquals(Files.readString(reference.resolve("README.md")), Files.readString(folder.resolve("README.md")));
        }
    }

    @Test
    @DisplayName("Its first picture is the one that its text tells of")
    void twins() throws IOException {
        assertTrue(Files.readString(Proc.house().resolve("results/reference/twins-lanes.svg")).contains(
                "<title id='title'>sync: 20 requests, 60 tasks, 12 at once on 12 threads; async: 20 requests, 60 tasks, 20 at once on 1 thread</title>"));
    }

    @Test
    @DisplayName("Every file that it links to is there")
    void links() throws IOException {
        for (var file : List.of(README, Proc.house().resolve("CONTRIBUTING.md"))) {
            var links = Pattern.compile("]\\((?!http)([^)#]+)\\)").matcher(Files.readString(file)).results().map(link -> link.group(1)).toList();
            assertFalse(links.isEmpty() && file.equals(README));
            for (var link : links) assertTrue(Files.exists(file.resolveSibling(link)), file.getFileName() + " links to " + link);
        }
    }
}
