import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("jbang lab")
class LabTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("A claim that fails is shown as seen, in the terminal and in the notebook, and makes exit code 1")
    void failedClaim() throws Exception {
        try (var lab = run("--runs", 2)) {
            assertEquals(1, lab.exitCode());
            assertLinesMatch(
                    List.of("Tasks wait 0.02 s; .*", "", "Run 1 of 2", "X01  plateau +2   1 of 2 claims hold   Two requests leave seven tasks",
                            "", "Run 2 of 2", "X01  plateau +2   1 of 2 claims hold   Two requests leave seven tasks",
                            "", "1 of 2 claims hold. The notebook: .*index.html", "X01  There are seven tasks",
                            "     Expected 7, saw 6; as expected in 0 of 2 runs: does not hold."),
                    lab.out());
            assertEquals(List.of(), lab.err());
        }
        var notebook = Files.readString(folder.resolve("README.md"));
        assertTrue(notebook.contains("| X01 | There are seven tasks | 7 | 7 | 6 | does not hold |"), notebook);
        assertTrue(notebook.contains("| X01 | There are six tasks | 6 | 6 | 6 | holds |"), notebook);
        assertTrue(notebook.contains("There are six tasks. Expected 6, saw 6; as expected in 2 of 2 runs: holds."), notebook);
        assertTrue(Files.exists(folder.resolve("run-2/X01_AFalseClaim/events.csv")));
    }

    @Test
    @DisplayName("A run leaves its events, its manifest, its pictures and JUnit's reports, and no path of this machine")
    void leaves() throws Exception {
        try (var lab = run()) {
            lab.exitCode();
        }
        var names = files(folder).keySet().stream().filter(name -> !name.startsWith("junit/junit-jupiter/")).toList();
        assertEquals(List.of("README.md", "X01_AFalseClaim/events-in-flight.html", "X01_AFalseClaim/events-in-flight.svg",
                "X01_AFalseClaim/events-lanes.html", "X01_AFalseClaim/events-lanes.svg",
                "X01_AFalseClaim/events.csv", "X01_AFalseClaim/events.json", "X01_AFalseClaim/events.txt",
                "index.html", "junit/TEST-junit-jupiter.xml", "junit/open-test-report.xml", "plotly.js", "report.html"), names);
        var manifest = new ObjectMapper().readTree(folder.resolve("X01_AFalseClaim/events.json").toFile());
        assertEquals("jbang -R=-XX:ActiveProcessorCount=8 server.java --port 0 --task-time 20ms --events events.csv",
                manifest.get("server").asText());
        assertEquals("jbang client.java 1 2", manifest.get("client").asText());
        assertEquals(8, manifest.get("cpusSeen").asInt());
        for (var key : List.of("cpu", "cpus", "memory", "system", "jdk", "libraries", "commit", "tree", "time", "loadAverage")) {
            assertTrue(manifest.get("machine").hasNonNull(key), key);
        }
        for (var file : List.of("README.md", "index.html", "X01_AFalseClaim/events.json", "X01_AFalseClaim/events-lanes.html")) {
            assertFalse(Files.readString(folder.resolve(file)).contains(folder.toString()), file);
        }
    }

    @Test
    @DisplayName("From the events and manifests alone, in another folder, locale and time zone, the report comes out the same, byte for byte")
    void reportAgain(@TempDir Path elsewhere) throws Exception {
        try (var lab = run("--runs", 2)) {
            lab.exitCode();
        }
        var made = files(folder);
        for (var file : made.keySet()) {
            if (!file.matches(".*events\\.(csv|json)")) continue;
            Files.createDirectories(elsewhere.resolve(file).getParent());
            Files.copy(folder.resolve(file), elsewhere.resolve(file));
        }
        try (var report =
                Script.start(List.of("-Duser.language=de", "-Duser.timezone=Asia/Tokyo", "-Dline.separator=\r\n"), "Lab", "report", elsewhere)) {
            assertEquals(1, report.exitCode(), () -> report.out() + "" + report.err()); // the false claim is judged again
        }
        made.keySet().removeIf(name -> name.contains("junit/") || name.endsWith(".txt") || name.equals("report.html"));
        var again = files(elsewhere);
        assertEquals(made.keySet(), again.keySet());
        made.forEach((name, content) -> assertEquals(content, again.get(name), name));
    }

    @Test
    @DisplayName("A busy machine, a clock that was set and a task that was far too late are told as doubts")
    void doubts() throws Exception {
        try (var lab = run()) {
            lab.exitCode();
        }
        var manifest = folder.resolve("X01_AFalseClaim/events.json");
        Files.writeString(manifest, Files.readString(manifest).replaceFirst("\"loadAverage\" : [\\d.-]+", "\"loadAverage\" : 99.5")
                .replaceFirst("\"stepOfTheClockMillis\" : [\\d.-]+", "\"stepOfTheClockMillis\" : -5000.0"));
        var events = folder.resolve("X01_AFalseClaim/events.csv");
        var rows = Files.readAllLines(events);
        var last = rows.removeLast().split(",");
        last[7] = Instant.parse(last[7]).plusSeconds(100).toString();
        rows.add(String.join(",", last));
        Files.write(events, rows);
        try (var report = Script.start("Lab", "report", folder)) {
            report.exitCode();
        }
        var notebook = Files.readString(folder.resolve("README.md"));
        assertEquals(3, notebook.lines().filter(line -> line.startsWith("**Doubt.**")).count(), notebook);
        for (var words : List.of("a load average of 99.5", "the wall clock was set by -5000 ms", "a task was late by 100")) {
            assertTrue(notebook.contains(words), words);
        }
    }

    @Test
    @DisplayName("A run that a record inside an experiment makes belongs to the experiment")
    void madeInside() {
        record Inside() {
            Run run() {
                return Run.server("events");
            }
        }
        assertEquals("LabTest", new Inside().run().experiment);
    }

    @Test
    @DisplayName("A large events file is packed, and reads as if it were not")
    void packed() throws Exception {
        var events = Model.csv(Model.schedule(new long[20], 3, (_, _) -> 3_000_000, new Model.Slots(12)), Instant.EPOCH);
        var file = Files.writeString(folder.resolve("events.csv"), events);
        var before = analyze.read(file, "name", Duration.ofSeconds(3));
        Run.pack(file);
        assertFalse(Files.exists(file));
        var packed = Run.events(folder.resolve("events"));
        assertEquals(folder.resolve("events.csv.gz"), packed);
        assertEquals(before.tasks().print(), analyze.read(packed, "name", Duration.ofSeconds(3)).tasks().print());
        try (var analyze = Script.start("analyze", packed)) {
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
            assertTrue(Files.exists(folder.resolve("events-lanes.svg")));
        }
    }

    @Test
    @DisplayName("A run that was broken off, which has no manifest, harms neither the next run nor the report")
    void brokenOff() throws Exception {
        Files.createDirectories(folder.resolve("E04_AsyncTasksHaveNoPlateau"));
        Files.writeString(folder.resolve("E04_AsyncTasksHaveNoPlateau/server.csv"), analyze.HEADER + "\n");
        try (var lab = run()) {
            assertEquals(1, lab.exitCode());
            assertEquals(List.of(), lab.err());
        }
        var notebook = Files.readString(folder.resolve("README.md"));
        assertTrue(notebook.contains(
                "| E04 | As many tasks are in flight as there were requests: server.java |  |  | these results do not hold the run server | not tested here |"),
                notebook);
    }

    @Test
    @DisplayName("Older claims that do not hold stay in the notebook, and are not held against the experiment that was run now")
    void olderClaims() throws Exception {
        try (var lab = run()) {
            assertEquals(1, lab.exitCode()); // one of X01's two claims is false
        }
        try (var lab = Script.start("Lab", "E17", "--out", folder)) {
            assertEquals(0, lab.exitCode(), lab.err()::toString);
            assertTrue(String.join("\n", lab.out()).contains("3 of 3 claims hold. The notebook, with 2 older claims: "), lab.out()::toString);
        }
    }

    @Test
    @DisplayName("Running one experiment again leaves the repetitions of the others")
    void repetitionsStay() throws Exception {
        try (var lab = run("--runs", 2)) {
            lab.exitCode();
        }
        try (var lab = Script.start("Lab", "E04", "--task-time", "20ms", "--out", folder)) {
            lab.exitCode();
        }
        assertTrue(Files.exists(folder.resolve("run-2/X01_AFalseClaim/events.csv")));
    }

    @Test
    @DisplayName("An unknown test is refused with exit code 2, for a run of no tests would say that none failed")
    void unknownTest() throws Exception {
        try (var test = Script.start("Tests", "NoSuchTest")) {
            assertEquals(2, test.exitCode());
            assertTrue(test.err().getFirst().startsWith("There is no test NoSuchTest. There are: "), test.err()::toString);
        }
    }

    @Test
    @DisplayName("Wrong use is refused with exit code 2: no runs, a task time of nothing")
    void wrongUse() throws Exception {
        for (var options : List.of(List.of("--runs", "0"), List.of("--task-time", "0s"), List.of("--nonsense"))) {
            try (var lab = run(options.toArray())) {
                assertEquals(2, lab.exitCode(), options::toString);
            }
        }
    }

    @Test
    @DisplayName("An experiment that was run before another stays in the notebook; one that is gone does no harm")
    void olderResults() throws Exception {
        try (var lab = run()) {
            lab.exitCode();
        }
        Files.move(folder.resolve("X01_AFalseClaim"), folder.resolve("X99_Gone"));
        try (var lab = Script.start("Lab", "E04", "--task-time", "20ms", "--out", folder)) {
            lab.exitCode();
        }
        try (var lab = run()) {
            assertEquals(1, lab.exitCode(), lab.err()::toString);
        }
        var notebook = Files.readString(folder.resolve("README.md"));
        assertTrue(notebook.contains("| E04 | As many tasks are in flight as there were requests: server.java | 20 |"), notebook);
        assertTrue(notebook.contains("| X01 | There are six tasks | 6 | 6 | 6 | holds |"), notebook);
        assertFalse(notebook.contains("X99"), notebook);
    }

    @Test
    @DisplayName("Compare shows which claims agree and which figures differ")
    void compare(@TempDir Path other) throws Exception {
        for (var out : List.of(folder, other)) {
            try (var lab = Script.start("Lab", "X01", "--task-time", "20ms", "--out", out)) {
                lab.exitCode();
            }
        }
        var events = other.resolve("X01_AFalseClaim/events.csv");
        var rows = Files.readAllLines(events);
        Files.write(events, rows.subList(0, rows.size() - 1)); // one task fewer
        try (var compare = Script.start("Lab", "compare", folder, other)) {
            assertEquals(0, compare.exitCode());
            var text = String.join("\n", compare.out());
            assertTrue(text.contains("agree     X01  There are seven tasks: does not hold"), text);
            assertTrue(text.contains("DIFFER    X01  There are six tasks: Expected 6, saw 6: holds."
                    + " | Expected 6, saw 5: does not hold."), text);
            assertTrue(Pattern.compile("X01_AFalseClaim/events +tasks +6 +5 +-1").matcher(text).find(), text);
        }
    }

    @Test
    @DisplayName("A folder without results is said in one line, exit code 1")
    void noResults() throws Exception {
        for (var command : List.of(List.of("report", folder), List.of("report", folder.resolve("no")), List.of("compare", folder, folder))) {
            try (var lab = Script.start("Lab", command.toArray())) {
                assertEquals(1, lab.exitCode());
                assertEquals(1, lab.err().size(), lab.err()::toString);
                assertTrue(lab.err().getFirst().contains(folder.toString()), lab.err()::toString);
            }
        }
    }

    @Test
    @DisplayName("An unknown experiment is refused with exit code 2, and the known ones are listed")
    void unknown() throws Exception {
        try (var lab = Script.start("Lab", "E98", "--out", folder)) {
            assertEquals(2, lab.exitCode());
            assertTrue(lab.err().getFirst().startsWith("There is no experiment E98. There are:"), lab.err()::toString);
            assertTrue(lab.err().contains("  E02_SyncTasksPlateauAtThePool"), lab.err()::toString);
        }
    }

    @Test
    @DisplayName("Each experiment has a number of its own, and its file says how to run it alone")
    void experiments() throws Exception {
        var names = Lab.classes("E\\d+_\\w+");
        assertTrue(names.size() >= 5);
        assertEquals(names.size(), names.stream().map(name -> name.substring(0, 3)).distinct().count());
        for (var name : names) {
            var text = Files.readString(Lab.house().resolve("experiments").resolve(name + ".java"));
            for (var line : List.of(" * Question     ", " * Expectation  ", " * Run it       jbang experiments/" + name + ".java")) {
                assertTrue(text.contains(line), name + " lacks: " + line);
            }
        }
    }

    @Test
    @DisplayName("--help exits 0")
    void help() throws Exception {
        try (var lab = Script.start("Lab", "--help")) {
            assertEquals(0, lab.exitCode());
            assertTrue(lab.out().getFirst().startsWith("Usage: lab"));
        }
    }

    private Script run(Object... options) throws IOException {
        return Script.start("Lab", Stream.concat(Stream.of("X01", "--task-time", "20ms", "--out", folder), Stream.of(options)).toArray());
    }

    private static SortedMap<String, String> files(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString().replace('\\', '/'), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }
}
