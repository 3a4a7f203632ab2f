import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("analyze.java")
class AnalyzeTest {

    static final Path ARTICLE = Proc.house().resolve("tests/data");
    static final Instant MIDNIGHT = Instant.parse("2021-01-26T00:00:00Z");

    /** Three requests of two tasks each, on two threads, with tasks of exactly 3 s. */
    static final String SIX_TASKS = """
            0, 0, sync, 41, 0, 0, 0, 3, ok
            1, 0, sync, 42, 0, 0, 0, 3, ok
            2, 0, sync, 41, 0, 0, 3, 6, ok
            0, 1, sync, 42, 0, 3, 3, 6, ok
            1, 1, sync, 41, 0, 3, 6, 9, ok
            2, 1, sync, 42, 0, 6, 6, 9, ok
            """;

    /** The same run in the form for people. */
    static final String SIX_ENDS = """
            2021-01-26 00:00:03.000000 [41]0 sync end
            2021-01-26 00:00:03.000000 [42]0 sync end
            2021-01-26 00:00:06.000000 [41]0 sync end
            2021-01-26 00:00:06.000000 [42]1 sync end
            2021-01-26 00:00:09.000000 [41]1 sync end
            2021-01-26 00:00:09.000000 [42]1 sync end
            """;

    @TempDir
    Path folder;

    // ---- The article's own logs

    @Test
    @DisplayName("The article's 20 sync requests reach 12 in flight")
    void twelve() throws Exception {
        var log = article("sync-20");
        assertEquals(12, log.highest());
        assertEquals(12, log.plateau());
        assertEquals(12, log.threads());
        assertEquals("0×12 | 0×8 1×1", log.rounds());
    }

    @ParameterizedTest(name = "The article''s {0}: {1} requests, {2} tasks on {3} threads, {4} in flight, rounds {5}")
    @CsvSource({"sync-4, 4, 12, 4, 4, 0×4 | 1×4 | 2×4", "async-4, 4, 12, 1, 4, 0×4 | 1×4 | 2×4",
            "async-20, 20, 20, 1, 20, 0×20"})
    void articlesLogs(String name, int requests, int tasks, int threads, int atOnce, String rounds) throws Exception {
        var log = article(name);
        assertEquals(requests, log.requests());
        assertEquals(tasks, log.tasks().rowCount());
        assertEquals(threads, log.threads());
        assertEquals(atOnce, log.highest());
        assertEquals(atOnce, log.plateau());
        assertEquals(rounds, log.rounds());
        assertEquals(0, log.skipped());
    }

    @Test
    @DisplayName("The ends of task 2 in the article's 1,000 async requests lie 1.379182 s apart")
    void articlesSpread() throws Exception {
        assertEquals(1_379_182, article("async-1000").spread(2));
    }

    @Test
    @DisplayName("Of each of the article's logs it prints a row and that starts are inferred; drawn twice, they "
            + "give the same bytes")
    void printsAndDraws() throws Exception {
        var printed = String.join("\n", succeeds(ARTICLE, "--out", folder));
        var drawn = files(folder);
        assertTrue(printed.matches("(?s).*sync-20 +\\| +sync +\\| +20 +\\| +21 +\\| +12 +\\| +12 +\\| +12 +\\|.*"),
                printed);
        for (var name : List.of("sync-4", "sync-20", "async-4", "async-20", "async-1000")) {
            assertTrue(printed.contains(name + ": Starts are inferred as end minus the task time: 3"), printed);
        }
        succeeds(ARTICLE, "--out", folder);
        assertEquals(drawn, files(folder));
    }

    // ---- Arithmetic, on logs computed by hand

    @Test
    @DisplayName("Three requests with two tasks each on two threads: two in flight, three rounds")
    void sixTasks() throws Exception {
        var log = csv(SIX_TASKS);
        assertEquals(List.of(3, 2, 2, 2), List.of(log.requests(), log.threads(), log.highest(), log.plateau()));
        assertEquals("0×2 | 0×1 1×1 | 1×2", log.rounds());
        assertFalse(log.inferred());
    }

    @Test
    @DisplayName("A task waits in the queue from the moment it was submitted until it starts")
    void queue() throws Exception {
        assertEquals(List.of(step(0, 2, 1), step(3, 2, 1), step(6, 2, 0), step(9, 0, 0)), csv(SIX_TASKS).steps());
    }

    @Test
    @DisplayName("Both forms of one run give the same figures")
    void bothForms() throws Exception {
        assertEquals(figures(csv(SIX_TASKS)), figures(text(SIX_ENDS)));
    }

    @Test
    @DisplayName("In the form for people a request is the n-th end of each index")
    void inferredRequests() throws Exception {
        assertEquals(List.of(0, 1, 2, 0, 1, 2), text(SIX_ENDS).tasks().intColumn("request").asList());
    }

    @Test
    @DisplayName("A sync and an async request of one log in the form for people are two requests")
    void bothModes() throws Exception {
        assertEquals(2, text("""
                2021-01-26 00:00:03.000000 [41]0 sync end
                2021-01-26 00:00:04.000000 [1]0 async end
                """).requests());
    }

    @Test
    @DisplayName("Two in flight for one second of three are touched and not held")
    void touched() throws Exception {
        var log = csv("""
                0, 0, async, 1, 0, 0, 0, 3, ok
                1, 0, async, 1, 2, 2, 2, 5, ok
                """);
        assertEquals(2, log.highest());
        assertEquals(1, log.plateau());
    }

    @Test
    @DisplayName("Two in flight for half a task time, in one piece or in two, are held")
    void held() throws Exception {
        var log = csv("""
                0, 0, async, 1, 0,    0,    0,    3, ok
                1, 0, async, 1, 2.25, 2.25, 2.25, 5, ok
                0, 1, async, 1, 0,    4.25, 4.25, 7, ok
                """);
        assertEquals(2, log.plateau());
    }

    @Test
    @DisplayName("A task that starts in the microsecond in which another ends is not in flight with it")
    void halfOpen() throws Exception {
        var log = csv("""
                0, 0, sync, 41, 0, 0, 0, 3, ok
                0, 1, sync, 41, 0, 3, 3, 6, ok
                """);
        assertEquals(1, log.highest());
        assertEquals(List.of(step(0, 1, 0), step(3, 1, 0), step(6, 0, 0)), log.steps());
    }

    @Test
    @DisplayName("A task that starts a microsecond before another ends is in flight with it")
    void oneMicrosecond() throws Exception {
        var log = csv("""
                0, 0, sync, 41, 0, 0, 0, 3.000001, ok
                0, 1, sync, 42, 0, 3, 3, 6,        ok
                """);
        assertEquals(2, log.highest());
    }

    @Test
    @DisplayName("A round takes in whoever had started when its first task ended, however unevenly its tasks end")
    void unevenRounds() throws Exception {
        var log = csv("""
                0, 0, sync, 41, 0, 0, 0,     3.000, ok
                1, 0, sync, 42, 0, 0, 0.010, 3.020, ok
                2, 0, sync, 41, 0, 0, 3.001, 6.002, ok
                0, 1, sync, 42, 0, 3, 3.021, 6.030, ok
                """);
        assertEquals("0×2 | 0×1 1×1", log.rounds());
    }

    @Test
    @DisplayName("The spread of an index is its last end minus its first, in whatever order the log has them")
    void spread() throws Exception {
        var log = csv("""
                1, 0, async, 1, 0, 0, 0, 3.500000, ok
                0, 0, async, 1, 0, 0, 0, 3.000001, ok
                2, 0, async, 1, 0, 0, 0, 3.250000, ok
                0, 1, async, 1, 0, 4, 4, 7.000000, ok
                """);
        assertEquals(499_999, log.spread(0));
        assertEquals(0, log.spread(1));
    }

    @Test
    @DisplayName("Tasks late by 1, 2 and 9 ms: median 2, max 9")
    void lateness() throws Exception {
        var late = csv("""
                0, 0, sync, 41, 0, 0, 1, 4.009, ok
                1, 0, sync, 42, 0, 0, 2, 5.001, ok
                2, 0, sync, 43, 0, 0, 3, 6.002, ok
                """).lateness();
        assertArrayEquals(new double[]{1, 2, 9}, late);
    }

    @Test
    @DisplayName("Of a hundred tasks late by 1 to 100 ms, the 99th percentile is the last but one")
    void percentile() throws Exception {
        var late = csv(IntStream.rangeClosed(1, 100).mapToObj("%1$d, 0, async, 1, 0, 0, 0, 3.%1$03d, ok\n"::formatted)
                .collect(Collectors.joining())).lateness();
        assertEquals(new Figures.Percentiles(50, 99, 100), Figures.Percentiles.of(late));
    }

    @Test
    @DisplayName("A failed task is in flight until it fails, and is not late")
    void failed() throws Exception {
        var log = csv("""
                0, 0, sync, 41, 0, 0, 0, 3.001, ok
                1, 0, sync, 42, 0, 0, 0, 9,     IllegalStateException
                """);
        assertEquals(2, log.highest());
        assertArrayEquals(new double[]{1}, log.lateness());
    }

    @Test
    @DisplayName("Where every task failed, there is no lateness")
    void allFailed() throws Exception {
        var log = csv("0, 0, sync, 41, 0, 0, 0, 1, IllegalStateException\n");
        assertEquals(0, log.lateness().length);
        assertNull(Figures.of(log).latenessMillis());
    }

    @Test
    @DisplayName("A task that fails in the microsecond in which its request came is drawn like any other")
    void noTimeAtAll() throws Exception {
        var log = csv("0, 0, sync, 41, 0, 0, 0, 0, IllegalStateException\n");
        Pictures.draw(log, folder.resolve("a"), folder);
        assertEquals(0, log.highest());
    }

    // ---- The plateau holds for half a window of one task time

    @ParameterizedTest(
            name = "Five tasks of 3 s with 45 of 0.1 s every 3 s: a plateau of 5, after {0} bursts, whatever says "
                    + "the task time")
    @ValueSource(ints = {1, 15, 100})
    void bursts(int bursts) throws Exception {
        var rows = new StringBuilder();
        for (var burst = 0; burst < bursts; burst++) {
            for (var task = 0; task < 50; task++) rows.append("%d, 0, async, 1, 0, %2$d, %2$d, %3$s, ok\n"
                    .formatted(burst * 50 + task, burst * 3, task < 5 ? "" + (burst * 3 + 3) : burst * 3 + ".1"));
        }
        assertEquals(5, csv(rows.toString()).plateau());
        assertEquals(50, csv(rows.toString()).highest());
        assertEquals(5, Log.read(folder.resolve("events.csv"), null).plateau());
    }

    @Test
    @DisplayName("A run shorter than half the task time holds what it holds, and not 0")
    void shortRun() throws Exception {
        assertEquals(2, csv("0, 0, sync, 1, 0, 0, 0, 0.25, ok\n1, 0, sync, 2, 0, 0, 0, 0.25, ok\n").plateau());
    }

    @Test
    @DisplayName("Neither an idle gap nor a dip of some milliseconds changes the plateau")
    void gapAndDip() throws Exception {
        assertEquals(2, csv("""
                0, 0, sync, 1, 0, 0,  0,     3,  ok
                1, 0, sync, 2, 0, 0,  0,     3,  ok
                2, 0, sync, 1, 0, 3,  3.005, 6,  ok
                3, 0, sync, 2, 0, 3,  3.005, 6,  ok
                4, 0, sync, 1, 0, 90, 90,    93, ok
                """).plateau());
    }

    @Test
    @DisplayName("A task of no length does not split a round; more than 100 rounds are null in JSON")
    void roundsOfNothing() throws Exception {
        assertEquals("0×2", csv("""
                0, 0, sync, 1, 0, 0, 0, 3, ok
                1, 0, sync, 2, 0, 1, 1, 1, RejectedExecutionException
                2, 0, sync, 3, 0, 2, 2, 5, ok
                """).rounds());
        var many = csv(IntStream.range(0, 101)
                .mapToObj(i -> "%d, 0, sync, 1, 0, %2$d, %2$d, %3$d, ok\n".formatted(i, 3 * i, 3 * i + 3))
                .collect(Collectors.joining()));
        assertNull(Figures.of(many).rounds());
    }

    // ---- The task time, and what --json prints

    @Test
    @DisplayName("--json prints one object a log with the figures of the design, and nothing else on standard output")
    void json() throws Exception {
        Files.writeString(folder.resolve("a.csv"), Log.COLUMNS + "\n" + rows(SIX_TASKS));
        var printed = new JsonMapper().readTree(String.join("\n", succeeds(folder.resolve("a.csv"), "--json")));
        var log = printed.get(0);
        assertEquals("csv", log.get("form").asText());
        assertEquals("sync", log.get("mode").asText());
        assertEquals(List.of(3, 6, 2, 2, 2, 0),
                Stream.of("requests", "tasks", "threads", "highest", "plateau", "skipped")
                        .map(name -> log.get(name).asInt()).toList());
        assertEquals("0×2 | 0×1 1×1 | 1×2", log.get("rounds").asText());
        assertEquals("log", log.get("taskTimeFrom").asText());
        assertEquals(3_000, log.get("taskTimeMillis").asDouble());
        assertEquals(9_000, log.get("makespanMillis").asDouble());
        assertEquals(3_000, log.get("spreadMillis").get("0").asDouble());
        assertTrue(log.get("latenessMillis").isNull(), "nobody knows when a task was due");
        assertEquals(3_000, log.get("waitMillis").get("max").asDouble());
        assertEquals(Set.of("a.csv"), files(folder).keySet(), "and draws nothing");
    }

    @Test
    @DisplayName("Without --task-time an inferred log shows it itself: one second, one task at a time, five rounds")
    void oneSecond() throws Exception {
        var lines = IntStream.rangeClosed(1, 5).mapToObj("2021-01-26 00:00:0%d.000000 [61]0 sync end\n"::formatted)
                .collect(Collectors.joining());
        var log = Log.read(Files.writeString(folder.resolve("a.log"), lines), null);
        assertEquals(new TaskTime(Duration.ofSeconds(1), TaskTime.From.log), log.time());
        assertEquals("0×1 | 0×1 | 0×1 | 0×1 | 0×1", log.rounds());
        assertEquals(1, log.plateau());
        var wrong = Log.read(folder.resolve("a.log"), Duration.ofSeconds(3));
        assertTrue(
                wrong.remarks().stream()
                        .anyMatch(remark -> remark.startsWith("Thread 61 would run 3 sync tasks at once")),
                wrong.remarks()::toString);
    }

    @Test
    @DisplayName("Two workers in one log with equal thread ids: the task time comes from the indices, with a remark")
    void workers() throws Exception {
        var log = Log.read(Files.writeString(folder.resolve("a.log"), """
                2021-01-26 00:00:03.000000 [41]0 sync end
                2021-01-26 00:00:03.100000 [41]0 sync end
                2021-01-26 00:00:06.000000 [41]1 sync end
                2021-01-26 00:00:06.100000 [41]1 sync end
                """), null);
        assertEquals(Duration.ofSeconds(3), log.time().time());
        assertTrue(log.remarks().stream().anyMatch(remark -> remark.contains("more than one process")),
                log.remarks()::toString);
    }

    @ParameterizedTest(name = "{0} requests on a pool of 5, tasks of 1 s: the queue is long, and the task time 1 s")
    @ValueSource(ints = {12, 60})
    void longQueue(int requests) throws Exception {
        var lines = Model.fifo(5).schedule(new long[requests], 3, 1_000_000).stream()
                .map(row -> "2021-01-26 00:%02d:%02d.000000 [%d]%d sync end\n".formatted(row.ended() / 60_000_000,
                        row.ended() / 1_000_000 % 60, row.thread(), row.task()))
                .collect(Collectors.joining());
        var log = Log.read(Files.writeString(folder.resolve("a.log"), lines), null);
        assertEquals(Duration.ofSeconds(1), log.time().time());
        assertEquals(5, log.plateau());
    }

    @Test
    @DisplayName("A sync end that repeats exactly is counted once, with a remark; async ends are all counted")
    void repeats() throws Exception {
        var end = "2021-01-26 00:00:03.000000 [41]0 %s end\n";
        var sync = text(end.formatted("sync").repeat(2));
        assertEquals(1, sync.tasks().rowCount());
        assertTrue(sync.remarks().stream().anyMatch(remark -> remark.startsWith("1 sync ends repeat exactly")),
                sync.remarks()::toString);
        assertEquals(2, text(end.formatted("async").repeat(2)).tasks().rowCount());
    }

    @Test
    @DisplayName("A sleep that was a little short does not make a thread run two tasks at once")
    void shortSleep() throws Exception {
        assertEquals(1, text("2021-01-26 00:00:03.000000 [41]0 sync end\n2021-01-26 00:00:05.900000 [41]0 sync end\n")
                .highest());
    }

    @Test
    @DisplayName("Sync and async requests of one log are numbered apart, also where async tasks overtake sync ones")
    void numberedApart() throws Exception {
        var log = text("""
                2021-01-26 00:00:03.000000 [41]0 sync end
                2021-01-26 00:00:03.000000 [1]0 async end
                2021-01-26 00:00:06.000000 [1]1 async end
                2021-01-26 00:00:09.000000 [41]1 sync end
                """);
        assertEquals(List.of(0, 1, 1, 0), log.tasks().intColumn("request").asList());
    }

    @Test
    @DisplayName("Where ends of an index are missing, it says that requests are not known")
    void failedTask() throws Exception {
        var log = text("""
                2021-01-26 00:00:03.000000 [41]0 sync end
                2021-01-26 00:00:03.000000 [42]0 sync end
                2021-01-26 00:00:06.000000 [41]1 sync end
                """);
        assertTrue(
                log.remarks().stream()
                        .anyMatch(remark -> remark
                                .startsWith("Not every index has as many sync ends (index 0 has 2, index 1 has 1)")),
                log.remarks()::toString);
    }

    @Test
    @DisplayName("A log may be called R&D: its drawings are well-formed")
    void oddNames() throws Exception {
        for (var name : List.of("R&D", "a'b\"c", "x<y", "100%", "#1", "日本")) {
            var log = Log.read(Files.writeString(folder.resolve(name + ".csv"), Log.COLUMNS + "\n" + rows(SIX_TASKS)),
                    null);
            Pictures.draw(log, folder.resolve(name), folder);
            DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(folder.resolve(name + "-timeline.svg").toFile());
        }
    }

    // ---- Lines

    @Test
    @DisplayName("Python leaves out a fraction of zero: 2021-01-26 02:46:24 [45]0 sync end")
    void noFraction() throws Exception {
        var log = text("2021-01-26 00:00:03 [45]0 sync end\n");
        assertEquals(List.of(MIDNIGHT.plusSeconds(3).getEpochSecond() * 1_000_000),
                log.tasks().longColumn("ended").asList());
        assertEquals(0, log.skipped());
    }

    @Test
    @DisplayName("The lines that uvicorn prints besides are known")
    void uvicorn() throws Exception {
        assertEquals(0, text("""
                INFO:     Started server process [4711]
                INFO:     Waiting for application startup.
                INFO:     Application startup complete.
                INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)
                main thread: 4495089152
                INFO:     127.0.0.1:64633 - "GET /?as_async=0 HTTP/1.1" 200 OK
                WARNING:  Invalid HTTP request received.
                ERROR:    Exception in ASGI application
                2021-01-26 00:00:03.000000 [45]0 sync end
                INFO:     Shutting down
                """).skipped());
    }

    @Test
    @DisplayName("Foreign lines are skipped and counted, also one that only looks like an end")
    void foreign() throws Exception {
        var log = text("""
                Traceback (most recent call last):
                2021-01-26 00:00:03.000000 [45]0 sync end

                2021-01-26 00:00:03.000000 [45]0 sync start
                """);
        assertEquals(2, log.skipped());
        assertTrue(String.join("\n", log.remarks()).contains("Skipped 2 lines"), String.join("\n", log.remarks()));
    }

    @ParameterizedTest(name = "A line that cannot be is skipped and counted: {0}")
    @ValueSource(strings = {"2021-99-26 00:00:03.000000 [45]0 sync end", "2021-01-26 25:00:03.000000 [45]0 sync end",
            "2021-01-26 00:00:03.000000 [99999999999999999999]0 sync end",
            "2021-01-26 00:00:03.000000 [45]99999999999 sync end"})
    void impossible(String line) throws Exception {
        assertEquals(1, text(line + "\n2021-01-26 00:00:03.000000 [45]0 sync end\n").skipped());
    }

    @ParameterizedTest(name = "A broken row is named with file and line: {0}")
    @ValueSource(strings = {"1, 0, sync, 42, 0, 0, 0, 3", "1, 0, sync, 42, 0, 0, 0, 3, ok, more",
            "1, 0, other, 42, 0, 0, 0, 3, ok",
            "-1, 0, sync, 42, 0, 0, 0, 3, ok", "1, x, sync, 42, 0, 0, 0, 3, ok", "1, -1, sync, 42, 0, 0, 0, 3, ok",
            "1, 0, sync, 42, 0, 0, 3, 2, ok", "1, 0, sync, 42, 0, 0, 0, 3,", "1, 0, sync, 42, 0, 0, 0, later, ok",
            "half a row"})
    void brokenRow(String row) {
        var message = assertThrows(IOException.class, () -> csv("0, 0, sync, 41, 0, 0, 0, 3, ok\n" + row + "\n"))
                .getMessage();
        assertTrue(message.startsWith(folder.resolve("events.csv") + ", line 3: not a row of "), message);
    }

    // ---- What it refuses

    @Test
    @DisplayName("A broken log is named with its line, exit code 1, and the sound logs beside it are drawn all the "
            + "same")
    void oneBadLog() throws Exception {
        var out = folder.resolve("out");
        Files.writeString(folder.resolve("a.log"), SIX_ENDS);
        Files.writeString(folder.resolve("b.csv"), Log.COLUMNS + "\nhalf a row\n");
        Files.writeString(folder.resolve("c.csv"), Log.COLUMNS + "\n");
        var analyze = Call.of(Analyze.commandLine(), folder, "--out", out);
        assertEquals(1, analyze.exitCode());
        assertEquals(2, analyze.err().size(), analyze.err()::toString);
        assertTrue(analyze.err().getFirst().contains("b.csv, line 2"), analyze.err()::toString);
        assertTrue(analyze.err().getLast().contains("c.csv holds no task yet"), analyze.err()::toString);
        assertTrue(Files.exists(out.resolve("a-timeline.svg")));
    }

    @Test
    @DisplayName("A truncated packed log is named, exit code 1")
    void truncated() throws Exception {
        var log = Files.write(folder.resolve("a.csv.gz"), new byte[]{31, (byte) 139, 8, 0, 0, 0});
        assertTrue(refuses(log).startsWith("analyze: " + log + " cannot be unpacked"));
    }

    @Test
    @DisplayName("An empty log is refused in one line")
    void empty() throws Exception {
        var log = Files.createFile(folder.resolve("a.log"));
        assertEquals(
                "analyze: " + log + " holds no end of a task. These forms are read: a recording (.jfr) with events "
                        + "jdk.MethodTrace; a CSV with the columns started,ended (more: " + Log.COLUMNS + "); lines "
                        + "(2021-01-26 02:46:24.017549 [45]0 sync end)",
                refuses(log));
    }

    @Test
    @DisplayName("A CSV of nothing but its header is refused in one line")
    void headerOnly() throws Exception {
        var log = Files.writeString(folder.resolve("a.csv"), Log.COLUMNS + "\n");
        assertEquals("analyze: " + log + " holds no task yet: the run was broken off, or still goes on", refuses(log));
    }

    @Test
    @DisplayName("A missing file is refused in one line")
    void missing() throws Exception {
        var log = folder.resolve("a.log");
        assertEquals("analyze: " + log + " does not exist; name a log or a folder of logs", refuses(log));
    }

    @Test
    @DisplayName("A folder without logs is refused in one line")
    void noLogs() throws Exception {
        Files.createFile(folder.resolve("notes.txt"));
        assertEquals("analyze: " + folder + " holds no log (*.log, *.csv or *.jfr, rotated or packed as *.gz)",
                refuses(folder));
    }

    @Test
    @DisplayName("Of two logs whose pictures would have the same names the first is drawn; the second has its figures "
            + "and one line that says so")
    void sameName() throws Exception {
        var first = Files.writeString(folder.resolve("a.log"), SIX_ENDS.replace("9.0", "8.0"));
        succeeds(first);
        var drawn = files(folder);
        var second = Files.writeString(folder.resolve("a.csv"), Log.COLUMNS + "\n" + rows(SIX_TASKS));
        var analyze = Call.of(Analyze.commandLine(), first, second);
        assertEquals(1, analyze.exitCode());
        assertEquals(List.of("analyze: two logs would be drawn as %s; %s is not: give it its own --out"
                .formatted(folder.resolve("a"), second)), analyze.err());
        for (var name : List.of("a.log", "a.csv"))
            assertTrue(analyze.out().stream().anyMatch(line -> line.contains("/" + name + ": rounds ")),
                    analyze.out()::toString);
        Files.delete(second);
        assertEquals(drawn, files(folder));
    }

    @ParameterizedTest(name = "Where {0} draws nothing of that name, two logs may have the same")
    @ValueSource(strings = {"--json", "--trace=%s/trace.json", "--together"})
    void sameNameNotDrawn(String option) throws Exception {
        Files.writeString(folder.resolve("a.log"), SIX_ENDS);
        Files.writeString(folder.resolve("a.csv"), Log.COLUMNS + "\n" + rows(SIX_TASKS));
        var out = String.join("\n", succeeds(folder, option.formatted(folder), "--out", folder.resolve("out")));
        assertTrue(
                out.matches(option.equals("--json") ? "(?s).*a.csv\".*a.log\".*"
                        : "(?s).*a.csv: rounds .*a.log: rounds .*"),
                out);
    }

    @Test
    @DisplayName("An --out that is a file is refused in one line that says so")
    void outIsAFile() throws Exception {
        var log = Files.writeString(folder.resolve("a.log"), SIX_ENDS);
        assertTrue(refuses(log, "--out", log).matches("analyze: .*a\\.log .+")); // more than the bare path
    }

    @ParameterizedTest(name = "{0} is wrong: exit code 2, and it says how to call it")
    @ValueSource(strings = {"--nonsense", "--task-time=soon", "--task-time=0s", "--task-time=-3s", "--task-time"})
    void wrongOptions(String option) throws Exception {
        var analyze = Call.of(Analyze.commandLine(), ARTICLE, option);
        assertEquals(2, analyze.exitCode());
        assertEquals(List.of(), analyze.out());
        assertEquals(List.of("Try 'analyze.java --help'."), analyze.err().stream().skip(1).toList());
    }

    @Test
    @DisplayName("--trace with a name of a log is refused: somebody forgot the file's name; exit code 2")
    void traceOntoALog() throws Exception {
        var log = Files.writeString(folder.resolve("a.log"), SIX_ENDS);
        var said = Call.of(Analyze.commandLine(), "--trace", log, folder);
        assertEquals(2, said.exitCode());
        assertEquals("--trace %s is named like a log; name another, for example a.trace.json".formatted(log),
                said.err().getFirst());
        assertEquals(SIX_ENDS, Files.readString(log));
    }

    @Test
    @DisplayName("A place that cannot be written to is named, with the reason and without Java's names")
    void nowhere() throws Exception {
        var log = Files.writeString(folder.resolve("a.log"), SIX_ENDS);
        assertEquals(List.of("analyze: " + folder + " is a folder, not a file"),
                Call.of(Analyze.commandLine(), log, "--trace", folder).err());
        assertEquals("/proc/x does not exist and cannot be made",
                Messages.problem(new NoSuchFileException("/proc/x")));
        assertEquals("/sys/a.b.svg: permission denied",
                Messages.problem(new AccessDeniedException("/sys/a.b.svg.0-1-2.half")));
        assertEquals("/dev/null/x: Not a directory",
                Messages.problem(new FileSystemException("/dev/null/x", null, "Not a directory")));
    }

    @Test
    @DisplayName("--help names every option")
    void help() throws Exception {
        var help = String.join("\n", succeeds("--help"));
        for (var option : List.of("FILE|DIR", "--task-time", "--out", "--json", "--together", "--expect"))
            assertTrue(help.contains(option), help);
    }

    @ParameterizedTest(name = "--task-time {0} is {1}")
    @CsvSource({"3s, PT3S", "250ms, PT0.25S", "1m, PT1M", "PT3S, PT3S", "1.5s, PT1.5S", "1m30s, PT1M30S"})
    void taskTimes(String text, Duration time) {
        assertEquals(time, Words.duration(text));
    }

    @Test
    @DisplayName("--task-time decides where a start is inferred")
    void taskTime() throws Exception {
        var log = Log.read(Files.writeString(folder.resolve("a.log"), SIX_ENDS), Duration.ofSeconds(6));
        assertEquals(4, log.highest()); // with 3 s tasks it was 2
        assertTrue(
                String.join("\n", log.remarks())
                        .contains("Starts are inferred as end minus the task time: 6 s, as --task-time says"),
                String.join("\n", log.remarks()));
    }

    // ---- Pictures

    @Test
    @DisplayName("Without arguments it draws every log under results/, beside the log, and nothing half-written stays")
    void everyLog() throws Exception {
        var results = Files.createDirectories(folder.resolve("results"));
        Files.writeString(Files.createDirectories(results.resolve("x")).resolve("a.log"), SIX_ENDS);
        Files.writeString(Files.createDirectories(results.resolve("y/z")).resolve("b.csv"),
                Log.COLUMNS + "\n" + rows(SIX_TASKS));
        try (var analyze = Script.command(folder, Map.of(),
                Proc.jdk("java"),
                "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"), "Analyze")) {
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
        }
        assertEquals(Set.of("plotly.js",
                "x/a.log", "x/a-in-flight.html", "x/a-in-flight.svg", "x/a-timeline.html", "x/a-timeline.svg",
                "y/z/b.csv", "y/z/b-in-flight.html", "y/z/b-in-flight.svg", "y/z/b-timeline.html",
                "y/z/b-timeline.svg"),
                files(results).keySet());
    }

    @Test
    @DisplayName("A page takes its one script from the folder, so it works with no network")
    void noNetwork() throws Exception {
        Files.writeString(Files.createDirectories(folder.resolve("in/deeper")).resolve("a.log"), SIX_ENDS);
        var out = folder.resolve("out");
        succeeds(folder.resolve("in"), "--out", out);
        for (var name : List.of("a-in-flight.html", "a-timeline.html")) {
            var page = out.resolve("deeper").resolve(name);
            var sources =
                    Pattern.compile("\\b(?:src|href)\\s*=\\s*[\"']?([^\"'\\s>]*)").matcher(Files.readString(page));
            var found = sources.results().map(source -> source.group(1)).toList();
            assertEquals(List.of("../plotly.js"), found);
            assertTrue(Files.size(page.resolveSibling(found.getFirst())) > 1_000_000);
        }
    }

    @Test
    @DisplayName("The article's 4 sync requests are drawn as twelve bars, four of each task index, each with a "
            + "tooltip")
    void bars() throws Exception {
        var svg = Svg.of(Timeline.of(List.of(article("sync-4"))));
        for (var index : List.of(0, 1, 2)) {
            var bars = Pattern
                    .compile("<path d='M[\\d.]+ ([\\d.]+)H[\\d.]+'><title>request (\\d), task " + index
                            + ", thread \\d+: [\\d.]+ s to [\\d.]+ s</title>")
                    .matcher(svg).results().toList();
            assertEquals(4, bars.size(), svg);
            assertEquals(4, bars.stream().map(bar -> bar.group(1)).distinct().count(), svg);
        }
    }

    @Test
    @DisplayName("In a drawing nine seconds wide, a task of the fourth to the sixth second lies between a third and "
            + "two thirds")
    void barsLieAtTheirSeconds() throws Exception {
        var svg = Svg.of(Timeline.of(List.of(csv(SIX_TASKS))));
        // 9 s are 568 wide from 56 on; a bar ends 1 early, so that the next one is seen as another
        assertTrue(svg.contains("M56 ") && svg.contains("H244.3") && svg.contains("M245.3 ") && svg.contains("H433.7")
                && svg.contains("M434.7 ") && svg.contains("H623"), svg);
        assertTrue(svg.contains(">queued</text>"), svg);
    }

    @Test
    @DisplayName("The plateau is dashed at its height, or the level that is expected, or the log that was predicted")
    void dashed() throws Exception {
        var log = csv(SIX_TASKS); // at most 2 in flight; the curve is 200 high from 38 on
        assertTrue(Svg.of(InFlight.of(log, Optional.empty(), 0)).contains("stroke-dasharray='6 4' d='M56 38H624V38'"));
        assertTrue(
                Svg.of(InFlight.of(log, Optional.empty(), 1)).contains("stroke-dasharray='6 4' d='M56 138H624V138'"));
        assertTrue(Svg.of(InFlight.of(log, Optional.empty(), 1)).contains(">expected 1, measured 2</text>"));
        assertTrue(Svg.of(InFlight.of(log, Optional.empty(), 4)).contains("V138"),
                "two of four expected reach half the height");
        assertTrue(Svg.of(InFlight.of(log, Optional.of(log), 0)).contains(">in flight, predicted</text>"));
    }

    @Test
    @DisplayName("A prediction beside a log is drawn with it and is no log of its own; the manifest beside it says "
            + "the task time")
    void predictionAndManifest() throws Exception {
        Files.writeString(folder.resolve("a.csv"), Log.COLUMNS + "\n" + rows(SIX_TASKS));
        Files.writeString(folder.resolve("a.predicted.csv"), Log.COLUMNS + "\n" + rows(SIX_TASKS));
        Files.writeString(folder.resolve("a.json"), "{\"taskTime\": \"PT2S\"}");
        succeeds(folder);
        assertTrue(Files.readString(folder.resolve("a-in-flight.svg")).contains(">in flight, predicted</text>"));
        assertFalse(Files.exists(folder.resolve("a.predicted-timeline.svg")));
        var log = Log.read(folder.resolve("a.csv"), null);
        assertEquals(new TaskTime(Duration.ofSeconds(2), TaskTime.From.manifest), log.time());
        assertEquals(Duration.ofSeconds(1), Log.read(folder.resolve("a.csv"), Duration.ofSeconds(1)).time().time());
        Files.writeString(folder.resolve("a.json"), "{\"taskTime\": null}"); // when they were due, nobody knows
        var unknown = Log.read(folder.resolve("a.csv"), null);
        assertEquals(TaskTime.From.log, unknown.time().from());
        assertEquals(0, unknown.lateness().length);
    }

    @Test
    @DisplayName("A prediction that is named, before or after its run, is no log of its own; alone it is read")
    void predictionNamed() throws Exception {
        var run = Files.writeString(folder.resolve("a.csv"), Log.COLUMNS + "\n" + rows(SIX_TASKS));
        succeeds(run);
        var predicted = folder.resolve("a.predicted.csv");
        Files.writeString(predicted, Log.COLUMNS + "\n" + rows(SIX_TASKS.replace("9, ok", "8, ok")));
        succeeds(run);
        var drawn = files(folder);
        for (var named : List.of(List.of(run, predicted), List.of(predicted, run), List.of(predicted, folder))) {
            succeeds(named.toArray());
            assertEquals(drawn, files(folder));
        }
        assertEquals(List.of(run + ""), logs(predicted, folder, run));
        assertEquals(List.of(predicted + ""), logs(predicted));
        var lines = Files.writeString(folder.resolve("a.log"), "2021-01-26 02:46:24.017549 [45]0 sync end\n");
        Files.delete(run);
        assertEquals(List.of(lines + ""), logs(predicted, lines)); // a run in the other form
    }

    @Test
    @DisplayName("A folder without a log is named, and the other logs are analysed; exit code 1")
    void folderWithoutALog() throws Exception {
        var empty = Files.createDirectories(folder.resolve("empty"));
        var log = Files.writeString(folder.resolve("a.csv"), Log.COLUMNS + "\n" + rows(SIX_TASKS));
        var said = Call.of(Analyze.commandLine(), "--json", "" + empty, "" + log);
        assertEquals(1, said.exitCode());
        assertTrue(said.err().getFirst().startsWith("analyze: " + empty + " holds no log"), said.err()::toString);
        assertTrue(String.join("", said.out()).contains("\"log\" : \"" + log + "\""), said.out()::toString);
    }

    @Test
    @DisplayName("Logs come in the order in which they, or their folders, are named; each once")
    void order() throws Exception {
        var deep = Files.createDirectories(folder.resolve("deep"));
        var logs = Stream.of("c.log", "deep/b.log", "a.log.1", "a.log").map(folder::resolve).toList();
        for (var log : logs) Files.writeString(log, SIX_ENDS);
        assertEquals(List.of(logs.get(1) + "", logs.get(3) + "", logs.get(0) + ""),
                logs(deep, logs.get(3), logs.get(2), deep, logs.get(0), logs.get(1)));
    }

    @ParameterizedTest(name = "A file beside a log that is no manifest tells no task time: {0}")
    @ValueSource(strings = {"", "{", "[]", "{\"taskTime\": 2}", "{\"taskTime\": \"PT0S\"}",
            "{\"taskTime\": \"PT99999999999999999S\"}", "{\"taskTime\": \"PT2S\", \"large\": \"…\"}"})
    void noManifest(String text) throws Exception {
        Files.writeString(folder.resolve("a.json"), text.replace("…", "-".repeat(2_000_000)));
        Files.writeString(folder.resolve("a.csv"), Log.COLUMNS + "\n" + rows(SIX_TASKS));
        assertEquals(TaskTime.From.log, Log.read(folder.resolve("a.csv"), null).time().from());
    }

    @Test
    @DisplayName("The curve of 3,000 tasks reaches exactly to the highest concurrency and back to zero")
    void exactExtremes() throws Exception {
        var svg = Svg.of(InFlight.of(generated(1_000), Optional.empty(), 0));
        assertTrue(svg.contains(">1000</text>") && svg.contains("V38") && svg.contains("V238'/>"), svg);
    }

    @Test
    @DisplayName("Several may write one file at the same time: the file is whole, and nothing half-written stays")
    void sharedFile() throws Exception {
        var file = folder.resolve("shared.js");
        var text = "whole ".repeat(10_000);
        try (var writers = Executors.newFixedThreadPool(8)) {
            var writes = Collections.nCopies(200, Executors.callable(() -> {
                try {
                    Pictures.write(file, text);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            for (var write : writers.invokeAll(writes)) write.get();
        }
        assertEquals(text, Files.readString(file));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    @DisplayName("Lateness is drawn on a logarithmic axis, and only of a measured log with many requests whose due "
            + "times are known")
    void latenessPicture() throws Exception {
        assertTrue(Lateness.isWorthAPicture(generated(61)));
        assertFalse(Lateness.isWorthAPicture(generated(60)));
        assertTrue(Svg.of(Lateness.of(List.of(generated(61)))).contains(">all</text>"));
    }

    @Test
    @DisplayName("Many short tasks on many threads make a drawing smaller than 40 kB, too")
    void manyThreads() throws Exception {
        var rows = IntStream.range(0, 24_000).mapToObj(i -> "%d, 0, sync, %d, 0, %3$s, %3$s, %4$s, ok".formatted(
                i, i % 240, i / 240 * 0.3, i / 240 * 0.3 + 0.299)).collect(Collectors.joining("\n"));
        var svg = Svg.of(Timeline.of(List.of(csv(rows.replaceAll("(\\.\\d{6})\\d+", "$1")))));
        assertTrue(svg.length() < 40_000, () -> svg.length() + " characters");
    }

    @Test
    @DisplayName("Ticks are multiples of the task time as one says it, 3, 6, 9 where tasks took 3.02 s, and round "
            + "numbers where that is not round, or where the log is 900 or fewer than two task times long")
    void ticks() {
        assertEquals(List.of("0 s", "3", "6", "9"),
                Picture.Axis.seconds(9.06, 3.02).ticks().stream().map(Picture.Tick::label).toList());
        assertEquals(List.of("0 s", "0.5", "1", "1.5", "2", "2.5", "3"),
                Picture.Axis.seconds(3, 1.27).ticks().stream().map(Picture.Tick::label).toList());
        assertEquals(List.of("0 s", "2", "4", "6", "8"),
                Picture.Axis.seconds(9, 0.01).ticks().stream().map(Picture.Tick::label).toList());
        assertEquals(List.of("0 s", "0.5", "1", "1.5", "2"),
                Picture.Axis.seconds(2.2, 3).ticks().stream().map(Picture.Tick::label).toList());
    }

    @Test
    @DisplayName("The concurrency of the log is labelled beside a long queue, and beside a prediction")
    void labelled() throws Exception {
        var log = csv(IntStream.range(0, 60).mapToObj(i -> "%d, 0, sync, 1, 0, 0, %d, %d, ok".formatted(i, 3 * i,
                3 * i + 3)).collect(Collectors.joining("\n")));
        assertTrue(Svg.of(InFlight.of(log, Optional.empty(), 0)).contains("text-anchor='end'>1</text>"));
        var three = csv(SIX_TASKS);
        assertEquals(List.of("" + three.highest()), InFlight.of(three, Optional.of(log), 0).panels().getFirst().y()
                .ticks().stream().limit(1).map(Picture.Tick::label).toList());
    }

    @Test
    @DisplayName("Where two logs hold as much, their names tell their timelines apart; the legend says where a bar "
            + "may stand for several tasks")
    void headings() throws Exception {
        var log = csv(SIX_TASKS);
        var other = csv(SIX_TASKS.replaceFirst("sync", "async"));
        Function<List<Log>, List<String>> titles = logs -> Timeline.of(logs).panels().stream()
                .map(Picture.Panel::title).toList();
        assertEquals(List.of("events, " + Timeline.title(log), "events, " + Timeline.title(log)),
                titles.apply(List.of(log, log)));
        assertEquals(List.of(Timeline.title(log), Timeline.title(other)), titles.apply(List.of(log, other)));
        assertFalse(Svg.of(Timeline.of(List.of(log))).contains("a bar may stand for several tasks"));
        assertTrue(Svg.of(Timeline.of(List.of(generated(1_000)))).contains("a bar may stand for several tasks"));
    }

    @Test
    @DisplayName("Logs of one name are told apart by their folders and endings, and the last line says where the "
            + "pictures are")
    void toldApart() throws Exception {
        var folders = List.of(folder.resolve("one"), folder.resolve("two"));
        for (var each : folders) Files.writeString(Files.createDirectories(each).resolve("a.log"), SIX_ENDS);
        var analyze = Call.of(Analyze.commandLine(), folders.toArray());
        assertEquals(0, analyze.exitCode(), analyze.err()::toString);
        for (var name : List.of("one/a.log: rounds ", "two/a.log: rounds "))
            assertTrue(analyze.out().stream().anyMatch(line -> line.startsWith(name)), analyze.out()::toString);
        assertEquals("Pictures: %s, and 1 more folder".formatted(folders.getFirst()), analyze.out().getLast());
    }

    @Test
    @DisplayName("A lane is a request up to 60 requests, and a thread above")
    void lanes() throws Exception {
        assertTrue(Svg.of(Timeline.of(List.of(generated(60)))).contains(">a lane is a request</text>"));
        assertTrue(Svg.of(Timeline.of(List.of(generated(61))))
                .contains(">a lane is a thread; tasks that overlap have rows of their own</text>"));
    }

    @ParameterizedTest(name = "The drawings of {0} are well-formed and say what they show")
    @ValueSource(strings = {"sync-4", "sync-20", "async-4", "async-20", "async-1000"})
    void wellFormed(String name) throws Exception {
        var log = article(name);
        for (var svg : List.of(Svg.of(Timeline.of(List.of(log))), Svg.of(InFlight.of(log, Optional.empty(), 0)))) {
            var root = DocumentBuilderFactory.newNSInstance().newDocumentBuilder()
                    .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8))).getDocumentElement();
            assertEquals("svg", root.getLocalName());
            assertEquals(Timeline.title(log), root.getElementsByTagName("title").item(0).getTextContent());
            assertFalse(root.getElementsByTagName("desc").item(0).getTextContent().isBlank());
        }
    }

    @ParameterizedTest(
            name = "{0} logs of requests with {1} tasks, drawn together, make a drawing, and it is smaller than "
                    + "60 kB")
    @CsvSource({"3, 3", "1, 12", "9, 4"})
    void manyTogether(int logs, int tasks) throws Exception {
        var rows = IntStream.range(0, 1_000 * tasks)
                .mapToObj(i -> "%d, %d, async, 1, 0, %3$s, %3$s, %4$s, ok".formatted(
                        i / tasks, i % tasks, i % tasks * 3 + i / tasks * 0.001,
                        i % tasks * 3 + 2.999 + i / tasks * 0.001))
                .collect(Collectors.joining("\n"));
        var svg = Svg.of(Timeline.of(Collections.nCopies(logs, csv(rows.replaceAll("(\\.\\d{6})\\d+", "$1")))));
        assertTrue(svg.length() < 60_000, () -> svg.length() + " characters");
    }

    @ParameterizedTest(name = "The drawings of {0} async requests are smaller than 40 kB")
    @ValueSource(ints = {1_000, 100_000})
    void small(int requests) throws Exception {
        var log = generated(requests);
        assertEquals(requests, log.highest());
        assertTrue(Svg.of(Timeline.of(List.of(log))).length() < 40_000,
                () -> Svg.of(Timeline.of(List.of(log))).length() + " characters");
        assertTrue(Svg.of(InFlight.of(log, Optional.empty(), 0)).length() < 40_000,
                () -> Svg.of(InFlight.of(log, Optional.empty(), 0)).length() + " characters");
    }

    @ParameterizedTest(name = "Drawn where the language is {0} and the time that of {1}, a log gives the same bytes")
    @CsvSource({"de, Asia/Tokyo", "ar-EG-u-nu-arab, America/St_Johns"})
    void elsewhere(String language, String zone) throws Exception {
        var here = folder.resolve("here");
        succeeds(ARTICLE.resolve("sync-20.log"), "--out", here);
        var there = folder.resolve("there");
        var locale = Locale.forLanguageTag(language);
        var jvm = new ArrayList<String>();
        jvm.addAll(List.of("-Duser.language=" + locale.getLanguage(), "-Duser.country=" + locale.getCountry(),
                "-Duser.extensions=" + (locale.hasExtensions() ? "u-nu-arab" : ""), "-Duser.timezone=" + zone));
        try (var analyze = Script.start(jvm, "Analyze", ARTICLE.resolve("sync-20.log"), "--out", there)) {
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
        }
        assertEquals(files(here), files(there));
    }

    // ---- Plumbing

    static Log article(String name) throws IOException {
        return Log.read(ARTICLE.resolve(name + ".log"), null);
    }

    Log text(String lines) throws IOException {
        return Log.read(Files.writeString(folder.resolve("a.log"), lines), Duration.ofSeconds(3));
    }

    Log csv(String rows) throws IOException {
        var file = Files.writeString(folder.resolve("events.csv"), Log.COLUMNS + "\n" + rows(rows));
        return Log.read(file, Duration.ofSeconds(3));
    }

    /** Rows of the CSV form from rows whose four moments are seconds since midnight. */
    static String rows(String rows) {
        return rows.lines().map(row -> {
            var cells = row.strip().split(", *", -1);
            for (var i = 4; i < Math.min(8, cells.length); i++) {
                if (cells[i].matches("[\\d.]+")) cells[i] = moment(cells[i]).toString();
            }
            return String.join(",", cells) + "\n";
        }).collect(Collectors.joining());
    }

    static Instant moment(String seconds) {
        return MIDNIGHT.plus(new BigDecimal(seconds).movePointRight(6).longValueExact(), ChronoUnit.MICROS);
    }

    static Log.Step step(int second, int inFlight, int waiting) {
        return new Log.Step(ChronoUnit.MICROS.between(Instant.EPOCH, MIDNIGHT.plusSeconds(second)), inFlight, waiting);
    }

    static List<Object> figures(Log log) {
        return List.of(log.requests(), log.tasks().rowCount(), log.threads(), log.highest(), log.plateau(),
                log.rounds(),
                log.spread(0), log.spread(1), Timeline.title(log));
    }

    /** A log of so many async requests, all received within 1.4 s, with three tasks each, each late by 0 to 1 ms. */
    Log generated(int requests) throws IOException {
        var file = folder.resolve("generated.csv");
        var random = new Random(1);
        try (var writer = new PrintWriter(Files.newBufferedWriter(file))) {
            writer.print(Log.COLUMNS + "\n");
            for (var request = 0; request < requests; request++) {
                var received = MIDNIGHT.plus(1_400_000L * request / requests, ChronoUnit.MICROS);
                var started = received;
                for (var task = 0; task < 3; task++) {
                    var ended = started.plus(3_000_000 + random.nextInt(1_000), ChronoUnit.MICROS);
                    writer.print("%d,%d,async,31,%s,%s,%s,%s,ok\n".formatted(request, task, received, started, started,
                            ended));
                    started = ended;
                }
            }
        }
        return Log.read(file, Duration.ofSeconds(3));
    }

    /** Runs it and returns what it printed. */
    static List<String> succeeds(Object... arguments) {
        var analyze = Call.of(Analyze.commandLine(), arguments);
        assertEquals(0, analyze.exitCode(), analyze.err()::toString);
        assertEquals(List.of(), analyze.err());
        return analyze.out();
    }

    /** The logs whose figures it prints, in that order. */
    static List<String> logs(Object... paths) throws Exception {
        var printed = succeeds(Stream.concat(Stream.of(paths), Stream.of("--json")).toArray());
        return new JsonMapper().readTree(String.join("\n", printed)).findValuesAsText("log");
    }

    /** Runs it in vain and returns the one line that it says. */
    static String refuses(Object... arguments) {
        var analyze = Call.of(Analyze.commandLine(), arguments);
        assertEquals(1, analyze.exitCode());
        assertEquals(List.of(), analyze.out());
        assertEquals(1, analyze.err().size(), analyze.err()::toString);
        return analyze.err().getFirst();
    }

    /** Every file in a folder, by its path there, with its content's digest. */
    static SortedMap<String, String> files(Path folder) throws Exception {
        var files = new TreeMap<String, String>();
        try (var walk = Files.walk(folder)) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                files.put(folder.relativize(file).toString(), HexFormat.of().formatHex(digest));
            }
        }
        return files;
    }
}
