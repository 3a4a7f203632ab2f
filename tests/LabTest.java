import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("jbang lab")
class LabTest {

    static final Path HOUSE = Proc.house();

    @TempDir
    static Path folder; // of one lesson that was measured once, with short tasks

    static Call measured;

    @BeforeAll
    static void measure() {
        measured = Call.of(Lab.commandLine(), "e16", "--task-time", "300ms", "--out", folder);
    }

    @Test
    @DisplayName("A lesson leaves its page, verdict, logs, predictions and pictures; the folder an index and the "
            + "course in one page")
    void files() throws IOException {
        assertEquals(0, measured.exitCode(), () -> measured.out() + "" + measured.err());
        var lesson = folder.resolve("E16_HttpServerWithoutAnExecutorHandlesOneRequestAtATime");
        for (var file : List.of("README.md", "verdict.json")) assertTrue(Files.exists(lesson.resolve(file)), file);
        for (var run : Verdict.read(lesson).runs())
            for (var file : List.of(run.events(), run.name() + ".json", run.name() + "-timeline.svg",
                    run.name() + "-in-flight.svg"))
                assertTrue(Files.exists(lesson.resolve(file)), file);
        for (var file : List.of("README.md", "index.html")) assertTrue(Files.exists(folder.resolve(file)), file);
        assertNothingHalfDone(folder);
    }

    @Test
    @DisplayName("The terminal has a line a lesson, and at the end how many claims hold and where to read on")
    void terminal() {
        assertTrue(
                measured.out().contains(
                        "E16  3 of 3 claims hold   HttpServer without an executor handles one request at a time"),
                measured.out()::toString);
        assertTrue(measured.out().contains("3 of 3 claims hold."), measured.out()::toString);
        assertEquals("The course: " + folder.resolve("index.html"), measured.out().getLast());
    }

    @Test
    @DisplayName("lab report judges and draws the same again, byte for byte, from the logs and manifests; analyze "
            + "draws no picture otherwise")
    void report() throws IOException {
        var before = contents(folder);
        for (var again : List.of(Call.of(Lab.commandLine(), "report", folder),
                Call.of(Analyze.commandLine(), folder))) {
            assertEquals(0, again.exitCode(), again.err()::toString);
            assertEquals(before, contents(folder));
        }
    }

    @Test
    @DisplayName("With --runs 2 a claim has two outcomes, which lab report keeps; a later run of one has one again")
    void repetitions(@TempDir Path results) throws IOException {
        var lesson = results.resolve("E17_SubmitSwallowsExceptions");
        assertEquals(0, Call.of(Lab.commandLine(), "E17", "--runs", 2, "--out", results).exitCode());
        assertEquals(0, Call.of(Lab.commandLine(), "report", results).exitCode());
        var twice = Verdict.read(lesson);
        assertTrue(twice.claims().stream().allMatch(claim -> claim.outcomes().size() == 2), twice::toString);
        assertEquals("jbang experiments/E17_SubmitSwallowsExceptions.java --task-time 3s --runs 2", twice.command());
        assertTrue(Files.readString(lesson.resolve("README.md")).contains("| holds; held in 2 of 2 repetitions |"));
        assertEquals(0, Call.of(Lab.commandLine(), "E17", "--out", results).exitCode());
        assertEquals(1, Verdict.read(lesson).repetitions());
        assertFalse(Files.readString(lesson.resolve("README.md")).contains("held in"));
    }

    @Lesson(title = "Three is four", question = "How much is three?", expectation = "4")
    static class FalseLesson extends Experiment {
        @Test
        @DisplayName("Three is four")
        void four(Claim claim) {
            claim.expected(4).seen(3);
        }

        @Test
        @DisplayName("Three is three")
        void three(Claim claim) {
            claim.expected(3).seen(3);
        }
    }

    @Test
    @DisplayName("A claim that does not hold is named with what was seen, in the terminal and on the page: exit 1")
    void falseClaim(@TempDir Path results) throws IOException {
        var lab = Call.of(Course.commandLine(new Course(List.of(FalseLesson.class))), "--out", results);
        assertEquals(1, lab.exitCode());
        assertTrue(lab.out().contains("1 of 2 claims hold."), lab.out()::toString);
        var at = lab.out().stream().map(String::strip).toList().indexOf("expected 4, saw 3");
        assertTrue(at > 0 && lab.out().get(at - 1).endsWith("Three is four"), lab.out()::toString);
        var page = Files.readString(results.resolve(FalseLesson.class.getName()).resolve("README.md"));
        assertTrue(page.contains("| Three is four |") && page.contains("does not hold"), page);
    }

    @Test
    @DisplayName("Ctrl-C in the middle leaves the older results as they are; the next run sweeps up")
    void broken(@TempDir Path results) throws Exception {
        var lesson =
                Files.createDirectories(results.resolve("E02_ThePoolSizeCapsSyncTasks"));
        Files.writeString(lesson.resolve("README.md"), "of an older run");
        try (var lab = Script.start("Lab", "E02", "--task-time", "1h", "--out", results)) {
            lab.awaitOut("Tasks wait.*", 1);
            while (Source.files(results, _ -> {}).noneMatch(file -> file.toString().endsWith(".csv")))
                Thread.sleep(20);
            lab.signal("INT");
            assertEquals(130, lab.exitCode());
        }
        assertEquals("of an older run", Files.readString(lesson.resolve("README.md")));
        assertEquals(0, Call.of(Lab.commandLine(), "E17", "--out", results).exitCode());
        assertNothingHalfDone(results);
    }

    @Test
    @DisplayName("Results that a lab was just about to replace when it was killed go back to their place")
    void killedBetween(@TempDir Path results) throws Exception {
        var older = Files.createDirectories(results.resolve("half-done-999999999/older/E02_ThePoolSizeCapsSyncTasks"));
        Files.writeString(older.resolve("README.md"), "of an older run");
        assertEquals(0, Call.of(Lab.commandLine(), "E17", "--out", results).exitCode());
        assertEquals("of an older run", Files.readString(results.resolve("E02_ThePoolSizeCapsSyncTasks/README.md")));
        assertNothingHalfDone(results);
    }

    @Test
    @DisplayName("A disk that is full in the middle leaves the older results as they are; the lab says so: exit 1")
    void fullDisk(@TempDir Path results) throws Exception {
        var lesson = Files.createDirectories(results.resolve("E11_AFailedTaskStopsItsOwnRequestOnly"));
        Files.writeString(lesson.resolve("README.md"), "of an older run");
        var lab = Script.java(List.of("-XX:-UsePerfData"), "Lab", "E11", "--task-time", "300ms", "--out", results);
        var limited = Faults.limited(1_000, lab.command()).toArray(String[]::new); // plotly.js is larger
        try (var script = Script.command(results, Map.of(), limited)) {
            assertEquals(1, script.exitCode());
            assertTrue(script.err().getLast().matches("lab: .*File too large.*"), script.err()::toString);
        }
        assertEquals("of an older run", Files.readString(lesson.resolve("README.md")));
        assertEquals(0, Call.of(Lab.commandLine(), "E17", "--out", results).exitCode());
        assertNothingHalfDone(results);
    }

    @Test
    @DisplayName("After kill -9 no server of the lab goes on, and the next run sweeps up")
    void killed(@TempDir Path results) throws Exception {
        List<ProcessHandle> servers;
        try (var lab = Script.start("Lab", "E02", "--task-time", "1h", "--out", results)) {
            lab.awaitOut("Tasks wait.*", 1);
            while (Source.files(results, _ -> {}).noneMatch(file -> file.toString().endsWith(".csv")))
                Thread.sleep(20);
            servers = lab.process.descendants().toList();
            lab.signal("KILL");
            lab.exitCode();
        }
        assertFalse(servers.isEmpty());
        for (var server : servers) server.onExit().get(1, TimeUnit.MINUTES);
        assertEquals(0, Call.of(Lab.commandLine(), "E17", "--out", results).exitCode());
        assertNothingHalfDone(results);
    }

    @Test
    @DisplayName("A server that prints without end is stopped, and that is said")
    void printsWithoutEnd(@TempDir Path folder) throws Exception {
        var command = List.of("sh", "-c", "echo 'INFO: http://127.0.0.1:1' >&2; exec yes");
        try (var server = ServerProcess.start(command, ProcessBuilder.Redirect.to(folder.resolve("yes").toFile()),
                ServerProcess.PATIENCE); var _ = server.watch(new ConcurrentHashMap<>())) {
            server.process().onExit().get(3, TimeUnit.MINUTES);
            var failure = assertThrows(IOException.class, () -> server.stop(ServerProcess.PATIENCE));
            assertEquals("it printed without end and was stopped", failure.getMessage());
        }
    }

    @Test
    @DisplayName("Two labs at once leave whole results in one folder")
    void twoAtOnce(@TempDir Path results) throws Exception {
        try (var one = Script.start("Lab", "E17", "--out", results);
                var other = Script.start("Lab", "E16", "E17", "--task-time", "300ms", "--out", results)) {
            assertEquals(0, one.exitCode(), one.err()::toString);
            assertEquals(0, other.exitCode(), other.err()::toString);
        }
        assertEquals(2, Verdict.all(results).size());
        assertNothingHalfDone(results);
    }

    @Test
    @DisplayName("A manifest has the commit of the lab's own clone, and of no project around it")
    void commit(@TempDir Path project) throws Exception {
        var house = Files.createDirectories(project.resolve("house/experiments")).getParent();
        var setUp = "git init -q . && git -c user.name=a -c user.email=b commit -q --allow-empty -m c";
        assertEquals(0, Script.command(project, Map.of(), "sh", "-c", setUp).exitCode());
        assertEquals(Optional.empty(), Manifest.Machine.git(project, "rev-parse", "HEAD")); // a lesson by its address
        Files.createFile(house.resolve("experiments/lab.java"));
        assertEquals(Optional.empty(), Manifest.Machine.git(house, "rev-parse", "HEAD")); // a copy without .git
        assertEquals(0, Script.command(house, Map.of(), "sh", "-c", setUp).exitCode());
        var own = Files.readString(house.resolve(".git/refs/heads/" + Path.of(Files.readString(house.resolve(
                ".git/HEAD")).strip()).getFileName())).strip();
        assertEquals(Optional.of(own), Manifest.Machine.git(house, "rev-parse", "HEAD"));
    }

    @Test
    @DisplayName("Rows of a file that grows are counted once they are whole, and what was counted is not read again")
    void rows(@TempDir Path results) throws IOException {
        var file = results.resolve("events.csv");
        var rows = new Rows(file);
        assertEquals(0, rows.count());
        Files.writeString(file, "header\nfirst\nsec");
        assertEquals(1, rows.count());
        Files.writeString(file, "\n".repeat(16)); // as long as before
        assertEquals(1, rows.count());
        Files.writeString(file, "ond\nthird\n", StandardOpenOption.APPEND);
        assertEquals(3, rows.count());
    }

    @Test
    @DisplayName("A task that an engine begins twice without a kill in between is counted, and gives no time after a "
            + "kill")
    void begunTwice(@TempDir Path results) throws IOException {
        var journal = Files.writeString(results.resolve("journal"), """
                2026-01-26T02:46:24Z,1,a,submitted
                2026-01-26T02:46:25Z,1,a,started
                2026-01-26T02:46:31Z,1,a,started
                2026-01-26T02:46:32Z,1,a,ended
                """);
        for (var kills : List.of("", "2026-01-26T02:46:24.500Z", "2026-01-26T02:46:29Z")) {
            var figures = new HashMap<>(Map.of("answered", 1.0));
            var moments = Stream.of(kills).filter(kill -> !kill.isEmpty()).map(Instant::parse).toList();
            assertEquals(1, new Kills(List.of(), journal).rows(new TreeSet<>(moments), figures).size());
            assertEquals(1, figures.get(Kills.STARTED));
            assertEquals(kills.contains(":29Z") ? 2.0 : null, figures.get(Kills.AGAIN), kills);
        }
    }

    static void assertNothingHalfDone(Path results) throws IOException {
        try (var files = Files.list(results)) {
            assertTrue(files.noneMatch(file -> file.getFileName().toString().startsWith("half-done")));
        }
    }

    @Test
    @DisplayName("lab compare finds nothing that differs between a folder and itself")
    void compare() {
        var compare = Call.of(Lab.commandLine(), "compare", folder, folder);
        assertEquals(0, compare.exitCode(), compare.err()::toString);
        assertTrue(compare.out().stream().noneMatch(line -> line.startsWith("DIFFER")), compare.out()::toString);
    }

    @Test
    @DisplayName("Claims stand in the order of the file, and so do runs")
    void order() throws IOException {
        var verdict = Verdict.read(folder.resolve("E16_HttpServerWithoutAnExecutorHandlesOneRequestAtATime"));
        var source = Files.readString(HOUSE.resolve("experiments/" + verdict.lesson() + ".java"));
        var places = verdict.claims().stream().map(claim -> source.indexOf(claim.sentence())).toList();
        assertFalse(places.contains(-1), places::toString);
        assertEquals(places.stream().sorted().toList(), places);
        var runs = verdict.runs().stream().map(run -> source.indexOf('"' + run.name() + '"')).toList();
        assertEquals(runs.stream().sorted().toList(), runs);
    }

    @Test
    @DisplayName("An unknown lesson is refused with exit code 2, and the known ones are listed")
    void unknown() {
        var lab = Call.of(Lab.commandLine(), "E98", "--out", folder.resolve("no"));
        assertEquals(2, lab.exitCode());
        assertEquals("There is no lesson E98. There are:", lab.err().getFirst());
        assertTrue(lab.err().contains("  E02_ThePoolSizeCapsSyncTasks"), lab.err()::toString);
    }

    @Test
    @DisplayName("Wrong options exit with 2, a folder without results with 1 and one line; --help exits with 0")
    void misuse() {
        assertEquals(2, Call.of(Lab.commandLine(), "E16", "--runs", 0).exitCode());
        assertEquals(2, Call.of(Lab.commandLine(), "E16", "--task-time", "soon").exitCode());
        for (var command : List.of(List.of("report", folder.resolve("none")),
                List.of("compare", folder.resolve("none"), folder))) {
            var lab = Call.of(Lab.commandLine(), command.toArray());
            assertEquals(1, lab.exitCode());
            assertEquals(1, lab.err().size(), lab.err()::toString);
        }
        assertEquals(0, Call.of(Lab.commandLine(), "--help").exitCode());
    }

    static Stream<Path> lessons() throws IOException {
        try (var files = Files.list(HOUSE.resolve("experiments"))) {
            return files.filter(file -> file.getFileName().toString().matches("E\\d+_\\w+\\.java")).sorted().toList()
                    .stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lessons")
    @DisplayName("A lesson names its command, its description is its title, and it compiles nothing but itself, the "
            + "lab and executors")
    void lesson(Path file) throws Exception {
        var name = file.getFileName().toString().replace(".java", "");
        var text = Files.readString(file);
        var lesson = Class.forName(name).getAnnotation(Lesson.class);
        assertTrue(text.contains("\n//DESCRIPTION " + lesson.title() + "\n"), lesson.title());
        assertTrue(text.contains(" * Run it       jbang experiments/" + name + ".java\n"));
        assertTrue(text.contains("\n//MAIN " + name + "\n"));
        assertTrue(text.lines().filter(line -> line.startsWith("//SOURCES"))
                .allMatch(line -> line.matches("//SOURCES (lab|executors)/\\w+\\.java")));
        assertFalse(lesson.question().isBlank() || lesson.expectation().isBlank());
        var words = name.replaceFirst("E\\d+_", "").toLowerCase(Locale.ROOT);
        assertEquals(words, lesson.title().replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT),
                "file and title say the same");
    }

    @Test
    @DisplayName("experiments/ holds lessons, the two commands and the folders of the design, and nothing else")
    void listing() throws IOException {
        try (var files = Files.list(HOUSE.resolve("experiments"))) {
            var odd = files.map(file -> file.getFileName().toString())
                    .filter(name -> !name
                            .matches("E\\d+_\\w+\\.java|lab\\.java|bench\\.java|lab|bench|peers|executors|templates"))
                    .toList();
            assertEquals(List.of(), odd);
        }
    }

    // ---- The lab never runs inside what it measures

    static Stream<Target> targets() throws Exception {
        var targets = new LinkedHashMap<List<String>, Target>(); // by the classes that they name
        for (var type : Lab.lessons()) {
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            for (var run : constructor.newInstance().runs) {
                var named = run.target == null ? List.<String>of()
                        : run.target.options().stream().filter(option -> option.startsWith("class:")).toList();
                if (!named.isEmpty()) targets.putIfAbsent(named, run.target);
            }
        }
        return targets.values().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    @DisplayName("The command that a page tells compiles the lesson whose class it names")
    void commandToRead(Target target) {
        var lesson = target.commandToRead().replaceFirst("jbang -s experiments/(E\\w+)\\.java .*", "$1");
        assertTrue(Files.exists(HOUSE.resolve("experiments/" + lesson + ".java")), target::commandToRead);
        assertTrue(target.commandToRead().contains("'class:" + lesson + "$"), target::commandToRead);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    @DisplayName("A server under test loads no class of a lesson or the lab, but those that its command line names")
    void loadsNoLab(Target target) throws Exception {
        var named = target.options().stream().filter(option -> option.startsWith("class:"))
                .map(option -> option.substring(6)).toList();
        var command = new ArrayList<>(target.command(Script.quick(System.getProperty("java.class.path"))));
        command.add(1, "-Xlog:class+load:stdout");
        command.addAll(List.of("--port", "0", "--task-time", "50ms"));
        var loaded = Files.createTempFile(folder, "loaded", ".txt");
        try (var server = ServerProcess.start(command, ProcessBuilder.Redirect.to(loaded.toFile()),
                ServerProcess.PATIENCE)) {
            try {
                Load.send(server.url(), 0, 1, 1, _ -> {});
            } finally {
                server.process().toHandle().destroy();
                server.process().waitFor(Duration.ofSeconds(2)); // a task of E06 or E13 waits for others, in vain
            }
        }
        var ours = Pattern.compile("\\] ([\\w$]+) source: file:.*");
        try (var lines = Files.lines(loaded)) {
            var classes = lines.map(ours::matcher).filter(Matcher::find).map(match -> match.group(1))
                    .filter(name -> !name.contains("picocli")).toList();
            assertTrue(classes.contains("Server"), classes::toString);
            var lab = classes.stream().filter(name -> !name.matches("Server(\\$.*)?|E\\d+_\\w+?\\$.+")).toList();
            assertEquals(List.of(), lab, "with " + named);
        }
    }

    private static SortedMap<String, String> contents(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(each -> each.toString().matches(".*\\.(svg|md|csv|json)")).toList())
                contents.put(folder.relativize(file).toString(), Files.readString(file));
        }
        return contents;
    }
}
