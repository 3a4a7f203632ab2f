import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("README.md and the reference")
class ReadmeTest {

    static final Path README = Proc.house().resolve("README.md");
    static final Path REFERENCE = Proc.house().resolve("results/reference");

    @Test
    @DisplayName("Every file that README.md and CONTRIBUTING.md link to is there")
    void links() throws IOException {
        for (var file : List.of(README, Proc.house().resolve("CONTRIBUTING.md"))) {
            var links = Pattern.compile("]\\((?!http)([^)#]+)\\)").matcher(Files.readString(file)).results()
                    .map(link -> link.group(1)).toList();
            assertFalse(links.isEmpty());
            for (var link : links)
                assertTrue(Files.exists(file.resolveSibling(link)), file.getFileName() + " links to " + link);
        }
    }

    @Test
    @DisplayName("Its first picture shows our sync log above our async log, both of the same lesson")
    void twins() throws IOException {
        var picture = Pattern.compile("!\\[.*]\\((.*/twins\\.svg)\\)").matcher(Files.readString(README));
        assertTrue(picture.find());
        assertTrue(Files.readString(README.resolveSibling(picture.group(1)))
                .contains("<title id='title'>sync: 20 requests, 60 tasks, "
                        + "at most 12 in flight on 12 threads; async: 20 requests, 60 tasks, at most 20 in flight "
                        + "on 1 thread</title>"));
    }

    @Test
    @DisplayName("Its ten seconds, typed as they stand there, end in the chart that it names")
    void tenSeconds(@TempDir Path folder) throws Exception {
        var readme = Files.readString(README);
        var section = readme.substring(readme.indexOf("## Ten seconds"), readme.indexOf("## The whole lab"));
        var commands = Pattern.compile("(?m)^\\./jbang (\\w+)\\.java (.+)$").matcher(section).results().toList();
        assertEquals(List.of("server", "client", "analyze"), commands.stream().map(line -> line.group(1)).toList());
        var typed =
                commands.stream().map(line -> List.of(line.group(2).replace("results/mine", "" + folder).split(" ")))
                        .toList();
        var server = Stream.concat(typed.get(0).stream(), Stream.of("--port", "0", "--task-time", "300ms"));
        try (var running = Script.start("Server", server.toArray())) {
            var client = Stream.concat(typed.get(1).stream(), Stream.of("--url", "" + running.url()));
            assertEquals(0, Call.of(Client.commandLine(), client.toArray()).exitCode());
            running.awaitOut(".*2 async end", 20);
            assertEquals(0, Call.of(Analyze.commandLine(), typed.get(2).toArray()).exitCode());
        }
        var chart = Pattern.compile("`results/mine/(\\S+\\.svg)`").matcher(section);
        assertTrue(chart.find());
        assertTrue(Files.exists(folder.resolve(chart.group(1))), chart::group);
    }

    @Test
    @DisplayName("What on-paper.md shows below a command is what that prints")
    void onPaper() throws Exception {
        var text = Files.readString(Proc.house().resolve("experiments/lab/on-paper.md"));
        var shown = Pattern.compile("(?m)^\\$ (.+)\n((?:(?!\\$ |```).*\n)+)").matcher(text).results().toList();
        assertTrue(shown.size() > 5, "or nothing is compared");
        for (var block : shown) {
            var command = block.group(1);
            List<String> printed;
            if (command.startsWith("./jbang lab ")) printed = Call.of(Lab.commandLine(),
                    (Object[]) command.replace("./jbang lab ", "").split(" ")).out();
            else try (var bash = Script.command(Proc.house(), Map.of(), "bash", "-c", command)) {
                assertEquals(0, bash.exitCode(), command);
                printed = bash.out();
            }
            assertEquals(block.group(2).lines().toList(), printed, command);
        }
    }

    @ParameterizedTest(name = "git status stays clean: {0} is ignored")
    @ValueSource(strings = {"results/mine/first.csv", "results/latest/index.html", "pid-4711.jfr",
            "pid-4711-timeline.svg", "stdin-timeline.svg", "stdin-in-flight.html", "plotly.js"})
    void ignored(String left) throws Exception {
        Assumptions.assumeTrue(Files.exists(Proc.house().resolve(".git")), "this is no clone");
        try (var git = Script.command(Proc.house(), Map.of(), "git", "check-ignore", "--quiet", "--no-index", left)) {
            assertEquals(0, git.exitCode(), git.err()::toString);
        }
    }

    @Test
    @DisplayName("The reference is at most 8 MB, and lab report and analyze give it again, byte for byte, from its "
            + "logs and manifests")
    void reference(@TempDir Path folder) throws Exception {
        copy(REFERENCE, folder);
        var before = contents(folder);
        assertTrue(before.containsKey("E17_SubmitSwallowsExceptions/verdict.json"), "or nothing is compared");
        assertTrue(before.values().stream().mapToLong(bytes -> bytes.length()).sum() < 8_000_000);
        var holds = Verdict.all(folder).stream()
                .allMatch(verdict -> verdict.claims(Verdict.Result.doesNotHold).isEmpty());
        assertEquals(holds ? 0 : 1, Call.of(Lab.commandLine(), "report", folder).exitCode());
        assertSame(before, contents(folder));
        Call.of(Analyze.commandLine(), folder);
        assertSame(before, contents(folder));
        for (var verdict : Verdict.all(folder)) {
            var sentences = verdict.claims().stream().map(Verdict.Judged::sentence).toList();
            assertEquals(sentences.size(), Set.copyOf(sentences).size(), "two claims of " + verdict.lesson());
            assertEquals(-1, sentences.toString().indexOf('{'), verdict.lesson()); // JUnit leaves {0} after a lone '
        }
    }

    private static void assertSame(Map<String, String> before, Map<String, String> after) {
        assertEquals(before.keySet(), after.keySet());
        before.forEach((file, bytes) -> assertTrue(bytes.equals(after.get(file)), file + " is another"));
    }

    private static void copy(Path from, Path to) throws IOException {
        for (var file : Source.files(from, _ -> {}).filter(ReadmeTest::isCommitted).toList()) {
            var copy = to.resolve(from.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
    }

    private static boolean isCommitted(Path file) {
        return !file.toString().matches(".*/junit/.*") && file.toString().matches(".*\\.(svg|md|csv|csv\\.gz|json)");
    }

    private static SortedMap<String, String> contents(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        for (var file : Source.files(folder, _ -> {}).filter(ReadmeTest::isCommitted).toList())
            contents.put(folder.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        return contents;
    }
}
