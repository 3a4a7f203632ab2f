import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs as people really have them: tests/cases after public bug reports, and others of the same kinds. */
@DisplayName("Anyone's log")
class CasesTest {

    static final Path CASES = Proc.house().resolve("tests/cases");
    static final String BASE = "4 8 4 4 4 0×4 | 1×4 6.591 6.595"; // requests, tasks, threads, highest, plateau, …

    @TempDir
    Path folder;

    // ---- The files of the cases

    @ParameterizedTest(name = "{0}: {1}; a remark says {2}")
    @CsvSource(delimiter = ';', value = {"base.log; 4 8 4 4 4 0×4 | 1×4 6.591 6.595;",
            "compose-prefix.log; 4 8 4 4 4 0×4 | 1×4 6.591 6.595;", "glued.log; 4 8 4 4 4 0×4 | 1×4 6.591 6.595;",
            "offset.log; 4 8 4 4 4 0×4 | 1×4 6.591 6.595;",
            "workers.log; 4 8 2 4 4 0×4 | 1×4 2.882 2.882; would run 2 sync tasks at once",
            "one-second.log; 5 5 1 1 1 0×1 | 0×1 | 0×1 | 0×1 | 0×1 4004.0; 1 s, as the log shows",
            "blocking-async.log; 2 6 1 1 1 0×1 | 1×1 | 2×1 | 0×1 | 1×1 | 2×1 9009.642 9009.642 9009.642; blocks",
            "failed-task.log; 2 4 2 2 2 0×2 | 1×1 | 2×1 890.21 0.0 0.0; index 0 has 2, index 1 has 1",
            "bom.csv; 3 3 2 2 2 0×2 | 0×1 3000.8;",
            "torn-tail.csv; 3 3 2 2 2 0×2 | 0×1 3000.8; Line 5 of torn-tail.csv is torn",
            "R&D.csv; 61 61 1 61 61 0×61 0.06;"})
    void cases(String file, String figures, String remark) throws Exception {
        var log = json(CASES.resolve(file)).getFirst();
        assertEquals(figures, figures(log));
        assertEquals(file.equals("failed-task.log") ? 3 : 0, log.get("skipped").asInt());
        if (remark != null) assertSaid(remark, log);
    }

    @Test
    @DisplayName("A broken row in the middle is named with file and line, the others are analysed, exit code 1")
    void tornMiddle() {
        var analyze = Call.of(Analyze.commandLine(), CASES.resolve("torn-middle.csv"), CASES.resolve("base.log"),
                folder.resolve("none.log"), "--out", folder);
        assertEquals(1, analyze.exitCode());
        assertEquals(2, analyze.err().size(), analyze.err()::toString);
        assertTrue(analyze.err().toString().contains("torn-middle.csv, line 3: not a row of "),
                analyze.err()::toString);
        assertTrue(analyze.err().toString().contains("none.log does not exist"), analyze.err()::toString);
        assertFalse(Files.exists(folder.resolve("torn-middle-timeline.svg")));
        assertTrue(Files.exists(folder.resolve("base-timeline.svg")));
    }

    @Test
    @DisplayName("Tasks of one second, read as if they took three: a remark: one thread would run 3 at once")
    void wrongTaskTime() throws Exception {
        var log = json(CASES.resolve("one-second.log"), "--task-time", "3s").getFirst();
        assertSaid("Thread 61 would run 3 sync tasks at once", log);
        assertEquals("option", log.get("taskTimeFrom").asText());
    }

    // ---- An end counts wherever it stands in a line

    /** What some tool makes of a log. */
    record Tool(String name, UnaryOperator<String> ofLine) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Tool> TOOLS = List.of(new Tool("a container tool", line -> "web-1  | " + line),
            new Tool("an orchestrator", line -> "2024-05-14T08:55:43.020000123Z stdout F " + line),
            new Tool("a journal", line -> "May 14 08:55:43 host uvicorn[460]: " + line),
            new Tool("a logger", line -> "2024-05-14 08:55:43,011 INFO  [pool-1] c.e.Mailer - " + line),
            new Tool("JSON", line -> "{\"level\":\"info\",\"msg\":\"" + line.replace("\"", "\\\"") + "\"}"),
            new Tool("colours", line -> "\u001b[32m" + line + "\u001b[0m"),
            new Tool("colours within", line -> line.replace("INFO", "\u001b[1;32mINFO\u001b[0m").replace("sync end",
                    "\u001b[33msync\u001b[0m end")),
            new Tool("Windows", line -> line + "\r"), new Tool("T", line -> line.replace("14 08", "14T08")),
            new Tool("Z", line -> line.replace(" [", "Z [")), new Tool("UTC", line -> line.replace(" [", " UTC [")),
            new Tool("an offset", line -> line.replace(" 08:", " 10:").replace(" [", "+0200 [")),
            new Tool("a negative offset", line -> line.replace(" 08:", " 03:").replace(" [", " -05:00 [")),
            new Tool("a comma", line -> line.replaceAll("(:\\d\\d)\\.(\\d{6})", "$1,$2")),
            new Tool("nanoseconds", line -> line.replace(" [", "999 [")));

    @ParameterizedTest(name = "By {0}")
    @FieldSource("TOOLS")
    void prefix(Tool tool) throws Exception {
        var lines = Files.readAllLines(CASES.resolve("base.log")).stream().map(tool.ofLine).toList();
        for (var end : List.of("\n", "")) {
            var log = json(Files.writeString(folder.resolve("a.log"), String.join("\n", lines) + end)).getFirst();
            assertEquals(BASE, figures(log));
            assertEquals(0, log.get("skipped").asInt());
        }
    }

    @ParameterizedTest(name = "With {0} digits of a second")
    @CsvSource({"0, 4003.0", "1, 3900.0", "3, 3890.0", "6, 3890.21", "9, 3890.21"})
    void digits(int digits, String spread) throws Exception {
        var lines = IntStream.of(10_120_000, 900_330_000)
                .mapToObj(nanos -> "2024-05-14 08:55:4%d%s [1]0 sync end".formatted(
                        nanos > 100_000_000 ? 6 : 3,
                        digits == 0 ? "" : "." + "%09d".formatted(nanos).substring(0, digits)));
        var log = json(Files.write(folder.resolve("a.log"), lines.toList())).getFirst();
        assertEquals(digits == 0 ? "3000.0" : spread, log.get("spreadMillis").get("0").asText());
    }

    @ParameterizedTest(name = "In {0}, byte order mark: {1}")
    @CsvSource({"UTF-8, true", "UTF-16LE, true", "UTF-16LE, false", "UTF-16BE, true", "UTF-16BE, false"})
    void charsets(Charset charset, boolean mark) throws Exception {
        for (var name : List.of("base.log", "bom.csv")) {
            var text = (mark ? "\ufeff" : "") + Files.readString(CASES.resolve(name)).replace("\ufeff", "");
            var log = json(Files.write(folder.resolve("a.log"), text.getBytes(charset))).getFirst();
            assertEquals(figures(json(CASES.resolve(name)).getFirst()), figures(log));
        }
    }

    @ParameterizedTest(name = "A line of a server is not skipped: {0}")
    @ValueSource(strings = {"[2024-05-14 08:55:30 +0000] [460] [INFO] Booting worker with pid: 460", "web-1  | ",
            "2024-05-14T08:55:30.123Z  WARN 4711 --- [main] o.s.b.Some : said", "\u001b[32mINFO\u001b[0m:     Started",
            "127.0.0.1 - - [14/May/2024:08:55:30 +0000] \"GET /health HTTP/1.1\" 200 2", "\t", "main thread: 7"})
    void serversLines(String line) throws Exception {
        var file =
                Files.writeString(folder.resolve("a.log"), line + "\n" + Files.readString(CASES.resolve("base.log")));
        assertEquals(0, json(file).getFirst().get("skipped").asInt());
    }

    // ---- It never misleads in silence

    @Test
    @DisplayName("Many skipped lines: the remark shows the first of them, and how an end looks")
    void skipped() throws Exception {
        var file = Files.writeString(folder.resolve("a.log"), "done: task 3\n".repeat(5)
                + Files.readString(CASES.resolve("base.log")));
        assertSaid("Skipped 5 lines of 17, which hold no end", json(file).getFirst());
        assertSaid("a.log, line 1: done: task 3", json(file).getFirst());
    }

    @ParameterizedTest(name = "A clock that goes back by {1} s: said with line and amount")
    @CsvSource({"08:55:46 07:55:49, 3597", "08:55:46 08:54:19, 87"})
    void clockGoesBack(String times, int seconds) throws Exception {
        var ends = Stream.of(times.split(" ")).map("2024-05-14 %s.000000 [1]0 sync end\n"::formatted);
        var file = Files.writeString(folder.resolve("a.log"), ends.collect(Collectors.joining()));
        assertSaid("a.log, line 2: the time goes back by " + seconds + " s", json(file).getFirst());
    }

    @Test
    @DisplayName("Requests that were answered and whose tasks had not ended when the log did: a remark")
    void stillRunning() throws Exception {
        var lines = Files.readAllLines(CASES.resolve("base.log"));
        lines.addAll(0, Collections.nCopies(3, lines.getFirst()));
        assertSaid("7 requests were answered, and of their first tasks 4 ended",
                json(Files.write(folder.resolve("a.log"), lines)).getFirst());
    }

    @ParameterizedTest(name = "A log cut at its {0}: requests are not known, a lane is a thread")
    @ValueSource(strings = {"beginning", "end"})
    void cut(String end) throws Exception {
        var ends =
                Files.readAllLines(CASES.resolve("base.log")).stream().filter(line -> line.endsWith("end")).toList();
        var cut = end.equals("end") ? ends.subList(0, 6) : ends.subList(2, 8);
        var file = Files.write(folder.resolve("a.log"), cut);
        assertSaid("which request a task belongs to is not known", json(file).getFirst());
        assertEquals(0, Call.of(Analyze.commandLine(), file).exitCode());
        assertTrue(Files.readString(folder.resolve("a-timeline.svg")).contains(">a lane is a thread<"));
    }

    @Test
    @DisplayName("Doubled lines are counted once, with a remark, also far apart")
    void doubled() throws Exception {
        var text = Files.readString(CASES.resolve("base.log"));
        var log = json(Files.writeString(folder.resolve("a.log"), text + text.replaceAll("(?m)^INFO.*\n", "")))
                .getFirst();
        assertEquals(BASE, figures(log));
        assertSaid("8 sync ends repeat exactly", log);
    }

    @ParameterizedTest(name = "Async ends at {0}: said to stand there twice: {1}")
    @CsvSource(delimiter = '|',
            value = {"43.010120 43.010120 46.011 46.011 | true", "43.011 43.011 | false",
                    "43.011 43.011 46.011 46.011 | false",
                    "43.010120 43.010120 43.010120 43.010120 | true", "43.010120 43.010120 46.011 | false",
                    "43.010120 46.011 46.011 | false", "43.010120 43.010120 43.010120 | false", "43 43 46 46 | false",
                    "43.01 43.01 46.02 46.02 | false"})
    void asyncTwice(String times, boolean twice) throws Exception {
        var lines = Stream.of(times.split(" ")).map("2024-05-14 08:55:%s [1]0 async end"::formatted).toList();
        var log = json(Files.write(folder.resolve("a.log"), lines)).getFirst();
        assertEquals(lines.size(), log.get("tasks").asInt());
        assertEquals(twice,
                log.get("remarks").toString().contains("The log holds each async end twice. If two handlers "
                        + "print the same, the numbers of requests, tasks and tasks in flight are double"));
    }

    // ---- Any CSV

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {
            "started,ended|2024-05-14T08:55:40Z,2024-05-14T08:55:43Z|2024-05-14T08:55:41Z,2024-05-14T08:55:44Z",
            "end;start|2024-05-14 08:55:43,0;2024-05-14 08:55:40,0|2024-05-14 08:55:44;2024-05-14 08:55:41",
            "Start\tEnd\tnote|1715676940\t1715676943\tx|1715676941\t1715676944.0\t",
            "start,end|1715676940000,1715676943000|1715676941000,1715676944000.5",
            "\"started\",\"ended\",\"what, else\"|"
                    + "\"2024-05-14T10:55:40+02:00\",\"2024-05-14T08:55:43Z\",\"\"\"b\"\"\"|"
                    + "2024-05-14T08:55:41Z,2024-05-14T08:55:44Z,",
            "id,started,ended|7,2024-05-14T08:55:40Z,2024-05-14T08:55:43Z||"
                    + "8,2024-05-14T08:55:41Z,2024-05-14T08:55:44Z"})
    void anyCsv(String rows) throws Exception {
        for (var end : List.of("\n", "\r\n")) {
            var log = json(Files.writeString(folder.resolve("a.csv"), rows.replace("|", end) + end)).getFirst();
            assertEquals("0 2 0 2 2 0×2", figures(log).substring(0, 13));
            assertEquals("csv", log.get("form").asText());
            assertTrue(log.get("waitMillis").isNull());
        }
    }

    @Test
    @DisplayName("Threads and requests of a CSV may have names; mode, request and queued are used")
    void names() throws Exception {
        var file = Files.writeString(folder.resolve("a.csv"), """
                thread,request,mode,queued,start,end
                pool-1-thread-1,a81f,sync,2024-05-14T08:55:40Z,2024-05-14T08:55:40Z,2024-05-14T08:55:43Z
                pool-1-thread-2,b2c0,sync,2024-05-14T08:55:40Z,2024-05-14T08:55:42Z,2024-05-14T08:55:45Z
                pool-1-thread-1,a81f,sync,2024-05-14T08:55:43Z,2024-05-14T08:55:43Z,2024-05-14T08:55:46Z
                """);
        var log = json(file).getFirst();
        assertEquals("2 3 2 2 2", figures(log).substring(0, 9));
        assertEquals(2_000, log.get("waitMillis").get("max").asDouble());
        assertEquals(0, Call.of(Analyze.commandLine(), file).exitCode());
        assertTrue(Files.readString(folder.resolve("a-timeline.svg")).contains("thread pool-1-thread-2: 2 s to 5 s"));
    }

    @ParameterizedTest(name = "A request or thread {0} is shown as the log writes it")
    @ValueSource(
            strings = {"a81f", "7", "007", "999999999", "1073741825", "1715676940123", "00000000000000000000000042",
                    "140245678901234", "99999999999999999999"})
    void ids(String id) throws Exception {
        var file = Files.writeString(folder.resolve("a.csv"), """
                request,thread,queued,start,end
                %1$s,%1$s,2024-05-14T08:55:40Z,2024-05-14T08:55:41Z,2024-05-14T08:55:44Z
                b2c0,pool-1,2024-05-14T08:55:40Z,2024-05-14T08:55:42Z,2024-05-14T08:55:45Z
                """.formatted(id));
        assertEquals("2 2 2 2 2", figures(json(file).getFirst()).substring(0, 9));
        assertEquals(0, Call.of(Analyze.commandLine(), file).exitCode());
        var svg = Files.readString(folder.resolve("a-timeline.svg"));
        assertTrue(svg.contains("request " + id + ", task 0, thread " + id + ": 1 s to 4 s"), svg);
        assertTrue(svg.contains("request b2c0, task 0 queued: 0 s to 2 s"), svg);
        var trace = folder.resolve("trace.json");
        assertEquals(0, Call.of(Analyze.commandLine(), file, "--trace", trace).exitCode());
        var args = new JsonMapper().readTree(trace.toFile()).get("traceEvents").get(1).get("args");
        assertEquals(id, args.get("request").asText());
        assertEquals(id, args.get("thread").asText());
    }

    @ParameterizedTest(name = "A row that cannot be, and why: {0}")
    @CsvSource(delimiter = '|', value = {
            "send,2024-05-14T08:55:40Z,2024-05-14T08:55:43Z | task must be a number, the index in its request",
            "0,2024-05-14T08:55:43Z,2024-05-14T08:55:40Z | a task is received, queued, started and ended, "
                    + "in this order; if a clock was set, or summer time ended, log in UTC",
            "0,,2024-05-14T08:55:43Z | started must be a moment, such as 2024-05-14T08:55:43.010120Z",
            "0,2024-05-14T08:55:40Z,NaN | ended must be a moment, such as 2024-05-14T08:55:43.010120Z, or empty while "
                    + "the task runs",
            "0,2024-05-14 08:55:40,0,2024-05-14 08:55:43,5 | it has 5 cells, and the header has 3; quote a cell that "
                    + "holds a separator",
            "0,2024-05-14T08:55:40Z | it has 2 cells, and the header has 3"
    })
    void impossible(String row, String why) throws Exception {
        for (var more : List.of("",
                "1,2024-05-14T08:55:40Z,2024-05-14T08:55:43Z\n".repeat(row.contains("3Z,") ? 1 : 9))) {
            var file = Files.writeString(folder.resolve("a.csv"), "task,start,end\n" + row + "\n" + more);
            assertEquals(
                    List.of("analyze: %s, line 2: not a row of task,start,end: %s (%s)".formatted(file, row, why)),
                    Call.of(Analyze.commandLine(), file).err());
        }
    }

    @ParameterizedTest(name = "An impossible cell, and what the message says: {0}")
    @CsvSource(delimiter = '|', value = {"1,wait,7,ok | mode must be sync or async",
            "-1,sync,7,ok | request must be a number or a name; leave the column out where none is known",
            "1,sync,-7,ok | thread must be a number or a name, or empty where it is not known",
            "1,sync,7, | outcome must be ok, or the failure's class"})
    void impossibleCell(String row, String why) throws Exception {
        var file = Files.writeString(folder.resolve("a.csv"), "request,mode,thread,outcome,start,end\n" + row
                + ",1700000000,1700000003\n");
        assertTrue(Call.of(Analyze.commandLine(), file).err().getFirst().endsWith(" (" + why + ")"), why);
    }

    @Test
    @DisplayName("A CSV may have empty or -1 threads, capitals, empty rows, and no outcome while a task runs")
    void oddCells() throws Exception {
        var file = Files.writeString(folder.resolve("a.csv"), """
                thread,mode,started,ended,outcome
                7,SYNC,1700000000,1700000003,OK
                ,Async,1700000000,1700000003,ok
                ,,,,
                -1,sync,1700000001,1700000004,ok
                 , ,
                8,sync,1700000001,,
                """);
        var log = json(file).getFirst();
        assertEquals("0 3 1 3 3 0×3", figures(log).substring(0, 13));
        assertEquals("sync+async", log.get("mode").asText());
        assertSaid("The thread of 2 tasks is not known: there may be more threads than are counted.", log);
        assertSaid("1 task had not ended", log);
        assertEquals(0, Call.of(Analyze.commandLine(), file).exitCode());
        assertTrue(Files.readString(folder.resolve("a-timeline.svg")).contains("task 0, thread unknown: 0 s to 3 s"));
    }

    @ParameterizedTest(name = "Moments as Java writes them: {0}")
    @ValueSource(strings = {"2024-05-14T08:55 2024-05-14T08:55:03", "2024-05-14T08:55Z 2024-05-14T08:55:03Z",
            "2024-05-14T10:55+02:00[Europe/Berlin] 2024-05-14T10:55:03.000+02:00[Europe/Berlin]",
            "2024-05-14T08:55Z[UTC] 2024-05-14T08:55:03Z[Etc/UTC]"})
    void momentsOfJava(String moments) throws Exception {
        var at = moments.lastIndexOf(' ');
        var file = Files.writeString(folder.resolve("a.csv"), "started,ended\n%s,%s\n".formatted(
                moments.substring(0, at), moments.substring(at + 1)));
        assertEquals(3_000, json(file).getFirst().get("makespanMillis").asDouble());
        assertEquals(1_715_676_900_000_000L, Log.read(file, null).begun());
    }

    @ParameterizedTest(name = "No moment: {0}")
    @ValueSource(strings = {"2024-05-14T08:5", "2024-05-14T08:55:", "2024-05-14T08:55:4", "2024-05-14T08:55.5",
            "2024-05-14T08:55:43]", "2024-05-14T08", "2024-05-14 08:55", "]", "2024-05-14T08:55:43Z]"})
    void noMoment(String text) {
        assertThrows(NumberFormatException.class, () -> Moments.micros(text));
    }

    // A task of 3 s starts every 3 s, until a clock goes back by an hour
    static final String SUMMER = "started,ended\n" + IntStream.range(0, 8)
            .mapToObj(i -> "%s,%s\n".formatted(summer(3 * i), summer(3 * i + 3))).collect(Collectors.joining());

    static LocalTime at(int second) {
        return LocalTime.of(2, 59, 50).plusSeconds(second >= 10 ? second - 3_600 : second);
    }

    static String summer(int second) { return "2024-10-27 %tT".formatted(at(second)); }

    @Test
    @DisplayName("A CSV in local time in which summer time ends: said with line and amount; a task across is left out")
    void summerTime() throws Exception {
        var log = json(Files.writeString(folder.resolve("a.csv"), SUMMER)).getFirst();
        assertEquals(7, log.get("tasks").asInt());
        assertSaid(
                "1 row is not counted (a.csv, line 5): received, queued, started, ended are not in this "
                        + "order. Perhaps a clock was set, or summer time ended: log in UTC.",
                log);
        assertSaid(
                "a.csv, line 6: the time goes back by 3594 s. If the rows are merely not sorted by their ends, no "
                        + "figure changes. If a clock was set, or summer time ended, tasks from before and after may "
                        + "seem to run concurrently",
                log);
    }

    @ParameterizedTest(name = "A clock of a CSV that is set back by {0} s, after {1} rows")
    @CsvSource({"87, 2, true", "5, 30, true", "5, 9, false"})
    void clockOfACsv(int seconds, int rows, boolean said) throws Exception {
        var text = IntStream.range(0, 2 * rows).map(i -> 1_700_000_000 + i - (i < rows ? 0 : seconds + 1))
                .mapToObj(at -> at + "," + (at + 1) + "\n").collect(Collectors.joining());
        var log = json(Files.writeString(folder.resolve("a.csv"), "start,end\n" + text)).getFirst();
        assertEquals(said,
                log.get("remarks").toString().contains("a.csv, line %d: the time goes back by %d s. If "
                        .formatted(rows + 2, seconds)),
                log::toString);
    }

    @ParameterizedTest(name = "Rows that are sorted by {0} are no clock that goes back")
    @ValueSource(strings = {"request", "start"})
    void sorted(String by) throws Exception {
        var rows = new ArrayList<String>();
        for (var request = 0; request < 6; request++) for (var task = 0; task < 3; task++)
            rows.add("%d,%d,%d,%d".formatted(request, task, 1_700_000_000 + 3 * task,
                    1_700_000_003 + 3 * task + request));
        if (by.equals("start")) rows.sort(Comparator.comparing(row -> row.split(",")[2]));
        var file = Files.writeString(folder.resolve("a.csv"),
                "request,task,start,end\n" + String.join("\n", rows) + "\n");
        assertFalse(json(file).toString().contains("goes back"));
    }

    @Test
    @DisplayName("A CSV whose later parts have no header is one log; a row that was cut in two is left out, and said")
    void headerless() throws Exception {
        var rows = List.of("1,1700000000,1700000003.125", "2,1700000001,1700000004.125", "3,1700000002,1700000005.125",
                "4,1700000003,1700000006.125");
        var text = "thread,started,ended\n" + String.join("\n", rows) + "\n";
        for (var cut = text.indexOf("2,"); cut < text.length(); cut++) {
            Files.writeString(folder.resolve("my.csv.1"), text.substring(0, cut));
            Files.writeString(folder.resolve("my.csv"), text.substring(cut));
            var log = json(folder).getFirst();
            var whole = text.charAt(cut - 1) == '\n' || text.charAt(cut) == '\n';
            assertEquals(whole ? 4 : 3, log.get("tasks").asInt(), text.substring(0, cut));
            if (!whole) assertSaid(
                    "my.csv, line 1, is not counted: it may be the rest of the last row of the file before.",
                    log);
            if (!whole) assertSaid(" of my.csv.1 is torn and not counted: the disk was full", log);
        }
    }

    @ParameterizedTest(name = "A last row without a line end, {0}: {1} of 2 rows are counted")
    @CsvSource(delimiter = '|', value = {"1700000001.250,1700000004.125 | 2", "1700000001.250,1700000004.1 | 1",
            "1700000001.250,1700000004. | 1", "1700000001.250,17000000 | 1", "1700000001.250, | 1", "170000 | 1"})
    void tornMoment(String row, int tasks) throws Exception {
        var text = "started,ended\n1700000000.000,1700000003.125\n" + row;
        var log = json(Files.writeString(folder.resolve("a.csv"), text)).getFirst();
        assertEquals(tasks, log.get("tasks").asInt());
        assertEquals(tasks == 1, log.get("remarks").toString().contains(
                "Line 3 of a.csv is torn and not counted: the disk was full, the log still grew, or it was rotated."),
                log::toString);
    }

    @Test
    @DisplayName("A task that had not ended when the CSV was written is not counted, with a remark")
    void notEnded() throws Exception {
        var file = Files.writeString(folder.resolve("a.csv"),
                "started,ended\n2024-05-14T08:55:40Z,2024-05-14T08:55:43Z\n2024-05-14T08:55:41Z,\n");
        assertEquals(1, json(file).getFirst().get("tasks").asInt());
        assertSaid("1 task had not ended when the log was written", json(file).getFirst());
    }

    @Test
    @DisplayName("Tasks of an unknown thread do not hide that another thread would run two tasks at once")
    void overlapsBesideUnknown() throws Exception {
        var file = Files.writeString(folder.resolve("a.csv"), "thread,started,ended\n,1700000000,1700000003\n"
                + "7,1700000000,1700000003\n7,1700000001,1700000004\n,1700000002,1700000005\n");
        assertSaid("Thread 7 would run 2 sync tasks at once", json(file).getFirst());
        assertTrue(Timeline.title(Log.read(file, null)).endsWith(" on at least 1 thread"));
    }

    @Test
    @DisplayName("Two rows of one sync thread that overlap: a remark, also where starts are measured")
    void overlap() throws Exception {
        var file = Files.writeString(folder.resolve("a.csv"), """
                thread,mode,start,end
                7,sync,2024-05-14T08:55:40Z,2024-05-14T08:55:43Z
                7,sync,2024-05-14T08:55:41Z,2024-05-14T08:55:44Z
                """);
        assertSaid("Thread 7 would run 2 sync tasks at once", json(file).getFirst());
    }

    @Test
    @DisplayName("Where four threads would each run several tasks, three are named, and one more thread")
    void overlaps() throws Exception {
        var rows = IntStream.range(0, 8).mapToObj(row -> row % 4 + ",1700000000,1700000003\n");
        var file = Files.writeString(folder.resolve("a.csv"),
                "thread,started,ended\n" + rows.collect(Collectors.joining()));
        assertSaid("Thread 2 would run 2 sync tasks at once; 1 more thread, too, which is", json(file).getFirst());
    }

    @Test
    @DisplayName("Requests that lack a task, though none of theirs failed: a remark")
    void unfinished() throws Exception {
        var whole = """
                request,task,started,ended,outcome
                0,0,2024-05-14T08:55:40Z,2024-05-14T08:55:43Z,ok
                0,1,2024-05-14T08:55:43Z,2024-05-14T08:55:46Z,ok
                1,0,2024-05-14T08:55:41Z,2024-05-14T08:55:44Z,%s
                """;
        var grows = Files.writeString(folder.resolve("grows.csv"), whole.formatted("ok"));
        assertSaid("1 of 2 requests has fewer tasks than the others, and no failed one", json(grows).getFirst());
        var failed = Files.writeString(folder.resolve("failed.csv"), whole.formatted("IOException"));
        assertEquals("[]", json(failed).getFirst().get("remarks").toString());
    }

    @Test
    @DisplayName("A long time in which nothing ran: a remark, for these may be two runs")
    void pause() throws Exception {
        var file = Files.writeString(folder.resolve("a.csv"), """
                started,ended
                2024-05-14T08:55:40Z,2024-05-14T08:55:43Z
                2024-05-14T08:57:13Z,2024-05-14T08:57:16Z
                """);
        assertEquals("[\"Nothing ran for 90 s from 2024-05-14T08:55:43Z on: if these are several runs, read each by "
                + "itself.\"]", json(file).getFirst().get("remarks").toString());
        assertTrue(Call.of(Analyze.commandLine(), file, "--out", folder).out().toString()
                .matches("(?s).*  - +\\|  +2 .*"), "no request is known, which is not 0 requests");
    }

    // ---- From a pipe, rotated and packed

    @ParameterizedTest(name = "From a pipe: {0}")
    @ValueSource(strings = {"cat base.log | $analyze - --json", "$analyze /dev/stdin --json < base.log",
            "$analyze <(gzip -c base.log) --json", "gzip -c base.log | $analyze - --json"})
    void pipe(String command) throws Exception {
        var java = String.join(" ", Script.java(List.of(), "Analyze").command());
        try (var bash = Script.command(CASES, Map.of(), "bash", "-c", command.replace("$analyze", java))) {
            assertEquals(0, bash.exitCode(), bash.err()::toString);
            assertEquals(BASE, figures(new JsonMapper().readTree(String.join("\n", bash.out())).get(0)));
        }
    }

    @Test
    @DisplayName("Rotated files are one log, the oldest first, named one by one or in a folder; alone, it says that "
            + "others lie beside it")
    void rotated() throws Exception {
        var lines = Files.readAllLines(CASES.resolve("base.log"));
        try (var packed = new GZIPOutputStream(Files.newOutputStream(folder.resolve("my.log.10.gz")))) {
            packed.write((String.join("\n", lines.subList(0, 6)) + "\n").getBytes());
        }
        Files.write(folder.resolve("my.log.2"), lines.subList(6, 9));
        Files.write(folder.resolve("my.log"), lines.subList(9, 12));
        try (var files = Files.list(folder)) {
            for (var arguments : List.of(files.map(Object.class::cast).toList(), List.<Object>of(folder))) {
                var logs = json(Stream.concat(arguments.stream(), Stream.of("--json")).toArray());
                assertEquals(1, logs.size());
                assertEquals(BASE, figures(logs.getFirst()));
                assertSaid("my.log.10.gz, my.log.2, my.log", logs.getFirst());
            }
        }
        assertSaid("were not read (my.log.10.gz, my.log.2)", json(folder.resolve("my.log")).getFirst());
    }

    @ParameterizedTest(name = "Rotated as {0} is one log, the oldest first; the newest alone says what lies beside it")
    @ValueSource(strings = {
            "my.log.2024-05-13.0.gz my.log.2024-05-13.2 my.log.2024-05-13.10 my.log.2024-05-14.0 my.log",
            "my.log.2024-05-14_08 my.log.2024-05-14_09 my.log", "my.log-20240513 my.log-20240514.gz my.log",
            "my-2024-05-13-2.log.gz my-2024-05-13-10.log.gz my.log", "my.2024-05-13.0.log my.20240514.log my.log",
            "my.log.10 my.log.9 my.log", "My.LOG.2 My.LOG.1.GZ My.LOG"})
    void rotatedNames(String names) throws Exception {
        var lines = Files.readAllLines(CASES.resolve("base.log"));
        var parts = List.of(names.split(" "));
        for (var part = 0; part < parts.size(); part++)
            Files.write(folder.resolve(parts.get(part)), part == 0 ? lines.subList(0, 9)
                    : part < parts.size() - 1 ? List.of() : lines.subList(9, 12)); // packed or not, by its bytes
        for (var named : List.of(List.of(folder), parts.reversed().stream().map(folder::resolve).toList())) {
            var logs = json(named.toArray());
            assertEquals(1, logs.size());
            assertEquals(BASE, figures(logs.getFirst()));
            assertSaid("It is read from %d files, the oldest first: %s.".formatted(parts.size(), names.replace(" ",
                    ", ")), logs.getFirst());
            assertEquals(folder.resolve(parts.getLast()).toString(), logs.getFirst().get("log").asText());
        }
        assertSaid("were not read (%s): to read all, name %s.".formatted(
                String.join(", ", parts.subList(0, parts.size() - 1)),
                names.contains("13.0.log") || names.contains("-2.log") ? "them, too" : parts.getLast() + "*"),
                json(folder.resolve(parts.getLast())).getFirst());
    }

    @Test
    @DisplayName("Logs with dates in their names, and none without, are logs of their own")
    void dated() throws Exception {
        for (var name : List.of("my-2024-05-13.log", "my-2024-05-14.log", "my-12.log", "your.log", "your-12.log"))
            Files.copy(CASES.resolve("base.log"), folder.resolve(name));
        assertEquals(5, json(folder).size());
        assertFalse(json(folder).toString().contains("Other parts"));
    }

    @Test
    @DisplayName("A folder's CSV in capitals is read; one that is named .tsv or .txt is not passed over in silence")
    void tasksOfAnyName() throws Exception {
        for (var name : List.of("tasks.tsv", "tasks.txt", "Tasks.CSV", "output.txt", "b.predicted.csv"))
            Files.writeString(folder.resolve(name), name.endsWith("tsv") ? TWO.replace(',', '\t')
                    : name.equals("output.txt") ? "start of it all, end of story\n" : TWO);
        var analyze = Call.of(Analyze.commandLine(), folder, "--json");
        assertEquals(List.of("tasks.tsv", "tasks.txt"), analyze.err().stream()
                .map(line -> line.replaceAll("^analyze: passed over .*/(\\S+), which is not named .*", "$1"))
                .toList());
        assertEquals(List.of(folder.resolve("Tasks.CSV").toString()),
                json(folder.resolve("Tasks.CSV")).stream().map(log -> log.get("log").asText()).toList());
        assertTrue(analyze.out().toString().contains("Tasks.CSV"), analyze.out()::toString);
    }

    @Test
    @DisplayName("What looks like a log and is not named like one is not passed over in silence")
    void passedOver() throws Exception {
        Files.copy(CASES.resolve("base.log"), folder.resolve("a.log"));
        Files.copy(CASES.resolve("base.log"), folder.resolve("nohup.out"));
        Files.writeString(folder.resolve("old.log.zst"), "(\u00b5/");
        Files.writeString(folder.resolve("notes.txt"), "nothing here");
        var analyze = Call.of(Analyze.commandLine(), folder, "--json");
        assertEquals(List.of("nohup.out", "old.log.zst"), analyze.err().stream()
                .map(line -> line.replaceAll("^analyze: passed over .*/(\\S+), which.*", "$1")).toList());
    }

    @Test
    @DisplayName("A folder in which others write and delete files is read whole")
    void busyFolder() throws Exception {
        Files.copy(CASES.resolve("base.log"), folder.resolve("a.log"));
        var stopped = new AtomicBoolean();
        var others = CompletableFuture.runAsync(() -> {
            for (var file = folder.resolve("half/done.txt"); !stopped.get();) try {
                Files.delete(Files.createFile(Files.createDirectories(file.getParent()).resolve("done.txt")));
                Files.delete(file.getParent());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, task -> Thread.ofPlatform().start(task));
        try {
            for (var i = 0; i < 1_000; i++)
                assertEquals(List.of(folder.resolve("a.log")), Source.folder(folder, _ -> {}));
        } finally {
            stopped.set(true);
            others.join();
        }
    }

    // ---- Out again

    @Test
    @DisplayName("--expect N: exit code 1 if the plateau is another")
    void expect() {
        assertEquals(0, Call.of(Analyze.commandLine(), CASES.resolve("base.log"), "--json", "--expect", 4).exitCode());
        var other = Call.of(Analyze.commandLine(), CASES.resolve("base.log"), "--json", "--expect", 5);
        assertEquals(1, other.exitCode());
        assertEquals(List.of("analyze: " + CASES.resolve("base.log") + " has a plateau of 4, not 5"), other.err());
    }

    @Test
    @DisplayName("--trace writes a complete event a task, on slots where nothing overlaps, and counters")
    void trace() throws Exception {
        var file = folder.resolve("trace.json");
        assertEquals(0, Call.of(Analyze.commandLine(), CASES.resolve("base.log"), "--trace", file).exitCode());
        var events = new JsonMapper().readTree(file.toFile()).get("traceEvents").valueStream().toList();
        var slots = events.stream().filter(event -> event.get("ph").asText().equals("X"))
                .collect(Collectors.groupingBy(event -> event.get("tid").asInt()));
        assertEquals(Set.of(1, 2, 3, 4), slots.keySet());
        for (var slot : slots.values()) {
            var end = 0L;
            for (var task : slot) {
                assertTrue(task.get("ts").asLong() >= end, slot::toString);
                end = task.get("ts").asLong() + task.get("dur").asLong();
            }
        }
        assertEquals(4, events.stream().filter(event -> event.get("ph").asText().equals("C"))
                .mapToInt(event -> event.get("args").get("in flight").asInt()).max().orElseThrow());
    }

    @ParameterizedTest(
            name = "--trace {0} would replace what the log is read from: exit code 2, and nothing is written")
    @ValueSource(strings = {"my.json", "other/../my.json", "my.log", "my.log.1"})
    void traceOfManifest(String trace) throws Exception {
        Files.createDirectory(folder.resolve("other"));
        for (var part : List.of("my.log", "my.log.1")) Files.copy(CASES.resolve("base.log"), folder.resolve(part));
        var manifest = Files.writeString(folder.resolve("my.json"), "{\"taskTime\": \"PT3S\"}");
        var call = Call.of(Analyze.commandLine(), folder, "--trace", folder.resolve(trace));
        assertEquals(2, call.exitCode());
        assertEquals(List.of(), call.out());
        assertTrue(call.err().getFirst().matches(".*my\\.log(\\.1 is named like a log| is named like a log)?"
                + "; name another, for example my\\.trace\\.json"), call.err()::toString);
        assertEquals("{\"taskTime\": \"PT3S\"}", Files.readString(manifest));
        assertEquals(0, Call.of(Analyze.commandLine(), folder, "--trace", folder.resolve("my.trace.json")).exitCode());
    }

    static final String TWO = "started,ended\n1700000000,1700000003\n1700000001,1700000004\n";

    @Test
    @DisplayName("What a log does not tell, of queues and threads, no picture and no trace shows")
    void unknownQueue() throws Exception {
        var bare = Files.writeString(folder.resolve("a.csv"), TWO);
        var file = folder.resolve("trace.json");
        for (var log : List.of(CASES.resolve("base.log"), bare)) {
            assertEquals(0, Call.of(Analyze.commandLine(), log, "--trace", file).exitCode());
            var trace = Files.readString(file);
            assertFalse(trace.contains("queued") || trace.contains("waited"), trace);
            assertEquals(log != bare, trace.contains("\"thread\":"), trace);
            assertEquals(0, Call.of(Analyze.commandLine(), log, "--out", folder).exitCode());
            var svg = Files.readString(folder.resolve(log == bare ? "a-in-flight.svg" : "base-in-flight.svg"));
            assertFalse(svg.contains("queued"), svg);
        }
    }

    @Test
    @DisplayName("A prediction that cannot be read is named, the logs after it are drawn; exit code 1")
    void brokenPrediction() throws Exception {
        var prediction = Files.write(folder.resolve("a.predicted.csv.gz"), new byte[]{31, (byte) 139, 8});
        for (var name : List.of("a.csv", "b.csv")) Files.writeString(folder.resolve(name), TWO);
        var analyze = Call.of(Analyze.commandLine(), folder);
        assertEquals(1, analyze.exitCode());
        assertEquals(List.of("analyze: " + prediction + " cannot be unpacked: it ends too early"), analyze.err());
        assertTrue(Files.exists(folder.resolve("b-in-flight.svg")));
    }

    @Test
    @DisplayName("Where many tasks wait, a bar that stands for several says how many are queued")
    void manyQueued() throws Exception {
        var rows = new StringBuilder("request,task,queued,started,ended\n");
        for (var request = 0; request < 40; request++)
            for (var task = 0; task < 20; task++) // two seconds in the queue, a tenth of one at work
                rows.append("%d,%d,%.1f,%.1f,%.1f%n".formatted(request, task, 1.7e9 + task * 2.1,
                        1.7e9 + task * 2.1 + 2, 1.7e9 + task * 2.1 + 2.1));
        Files.writeString(folder.resolve("a.csv"), rows);
        assertEquals(0, Call.of(Analyze.commandLine(), folder.resolve("a.csv")).exitCode());
        var svg = Files.readString(folder.resolve("a-timeline.svg"));
        assertTrue(svg.contains(" tasks queued: "), svg);
        assertFalse(svg.contains("index -1"), svg);
    }

    @Test
    @DisplayName("A task that failed early does not make the task time look too long")
    void failedEarly() throws Exception {
        var ok = TWO.lines().skip(1).map(row -> row + ",ok\n").collect(Collectors.joining()).repeat(10);
        var file = Files.writeString(folder.resolve("a.csv"),
                "started,ended,outcome\n1700000000,1700000000.5,java.io.IOException\n" + ok);
        assertEquals("[]", json(file, "--task-time", "3s").getFirst().get("remarks").toString());
        assertSaid("The shortest successful task took less than the 4 s that --task-time states.",
                json(file, "--task-time", "4s").getFirst());
    }

    @Test
    @DisplayName("--follow shows a log from a pipe while it comes, and ends with it")
    void follow() throws Exception {
        try (var analyze = Script.start("Analyze", "-", "--follow", "--out", folder)) {
            try (var input = analyze.process.outputWriter()) {
                for (var line : Files.readAllLines(CASES.resolve("base.log"))) input.write(line + "\n");
            }
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
            assertTrue(analyze.err().contains("plateau    4 so far"), analyze.err()::toString);
            assertTrue(Files.exists(folder.resolve("stdin-timeline.svg")));
        }
    }

    @Test
    @DisplayName("--follow on a file takes a line when it is whole, and after Ctrl-C draws what came")
    void followFile() throws Exception {
        var lines = Files.readAllLines(CASES.resolve("base.log"));
        var half = String.join("\n", lines).length() - 30; // in the middle of the last line
        var grows = Files.writeString(folder.resolve("grows.log"), String.join("\n", lines).substring(0, half));
        try (var analyze = Script.start("Analyze", grows, "--follow")) {
            analyze.awaitErr("Following (.*) \\(Ctrl-C ends it\\)\\.");
            Files.writeString(grows, lines.getLast().substring(lines.getLast().length() - 30) + "\n",
                    StandardOpenOption.APPEND);
            analyze.signal("INT");
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
            assertTrue(analyze.err().contains("ended      8 tasks"), analyze.err()::toString);
            assertTrue(Files.exists(folder.resolve("grows-timeline.svg")));
        }
    }

    @Test
    @DisplayName("--follow on a CSV that ends within a row: the whole rows are analysed, with a remark")
    void followTorn() throws Exception {
        try (var analyze = Script.start("Analyze", "-", "--follow", "--out", folder)) {
            try (var input = analyze.process.outputWriter()) {
                input.write(Files.readString(CASES.resolve("torn-tail.csv")));
            }
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
            assertTrue(analyze.err().contains("ended      3 tasks"), analyze.err()::toString);
            assertTrue(analyze.out().toString().contains("is torn and not counted"), analyze.out()::toString);
        }
    }

    @ParameterizedTest(name = "--follow reads a pipe of {0}")
    @ValueSource(strings = {"gzip", "UTF-16"})
    void followBytes(String form) throws Exception {
        var text = Files.readString(CASES.resolve("base.log"));
        try (var analyze = Script.start("Analyze", "-", "--follow", "--out", folder)) {
            try (var input = analyze.process.getOutputStream();
                    var packed = form.equals("gzip") ? new GZIPOutputStream(input) : input) {
                packed.write(text.getBytes(form.equals("gzip") ? StandardCharsets.UTF_8 : StandardCharsets.UTF_16));
            }
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
            assertTrue(analyze.err().contains("plateau    4 so far"), analyze.err()::toString);
            assertTrue(analyze.err().contains("ended      8 tasks"), analyze.err()::toString);
        }
    }

    @Test
    @DisplayName("--follow takes the task time from the manifest beside the log while it runs, as at its end")
    void followManifest() throws Exception {
        var grows = Files.copy(CASES.resolve("one-second.log"), folder.resolve("grows.log")); // one task at a time
        Files.writeString(folder.resolve("grows.json"), "{\"taskTime\": \"PT2S\"}");
        try (var analyze = Script.start("Analyze", grows, "--follow")) {
            analyze.awaitErr("Following (.*) \\(Ctrl-C ends it\\)\\.");
            analyze.signal("INT");
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
            assertTrue(analyze.err().contains("highest    2"), analyze.err()::toString);
        }
    }

    @ParameterizedTest(name = "--follow goes on with a new file where a log is {0}")
    @ValueSource(strings = {"rotated", "truncated"})
    void followRotated(String how) throws Exception {
        var grows = Files.writeString(folder.resolve("grows.csv"), TWO);
        try (var analyze = Script.start(List.of("-Djava.io.tmpdir=" + folder), "Analyze", grows, "--follow")) {
            awaitCopies(TWO.length()); // the old file is read
            var later = TWO.lines().findFirst().orElseThrow() + "\n1700000009,1700000012\n";
            if (how.equals("rotated")) Files.move(grows, folder.resolve("grows.csv.1"));
            Files.writeString(grows, later);
            awaitCopies(TWO.length() + later.length());
            analyze.signal("INT");
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
            assertTrue(analyze.err().contains("ended      3 tasks"), analyze.err()::toString);
            assertTrue(analyze.out().toString().contains("It was rotated or truncated while it was followed, and is "
                    + "read from 2 files."), analyze.out()::toString);
        }
    }

    /** Until so many bytes stand in the copies of a log that is followed. */
    private void awaitCopies(long bytes) throws Exception {
        var patience = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        for (var copied = 0L; copied < bytes; Thread.sleep(20)) {
            assertTrue(System.nanoTime() < patience, "what was written is not copied");
            copied = 0;
            for (var copy : Source.files(folder, _ -> {}).toList())
                if (copy.getFileName().toString().matches("analyze.*\\.log")) copied += Files.size(copy);
        }
    }

    static List<String> followed(Path folder, List<String> lines) throws Exception {
        try (var analyze = Script.start("Analyze", "-", "--follow", "--out", folder)) {
            try (var input = analyze.process.outputWriter()) {
                for (var line : lines) input.write(line + "\n");
            }
            assertEquals(0, analyze.exitCode(), analyze.err()::toString);
            assertTrue(analyze.err().stream().allMatch(line -> line.length() < 80), analyze.err()::toString);
            return analyze.err().stream().filter(line -> line.matches("(queued|  ).*"))
                    .map(line -> line.replace("█", "")).toList();
        }
    }

    @ParameterizedTest(name = "--follow: what is queued, where a request leaves {0} tasks: {1}")
    @CsvSource({"1, 5", "2, 5", "3, 5", "12, 5"})
    void followQueued(int tasks, int queued) throws Exception {
        // Two threads; a request comes each 3 s for the tasks it leaves, but 5 more wait from the start
        var lines = new ArrayList<String>();
        var waiting = new ArrayDeque<Integer>(); // indices of the next tasks
        for (var request = 0; request < 7; request++) arrive(lines, waiting);
        for (var second = 3; second < 180 * tasks; second += 3) {
            for (var thread = 0; thread < 2; thread++) {
                var index = waiting.remove();
                lines.add("%s [%d]%d sync end".formatted(LocalDateTime.of(2024, 5, 14, 8, 0).plusSeconds(second)
                        .format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")), thread, index));
                if (index + 1 < tasks) waiting.add(index + 1);
                else arrive(lines, waiting);
            }
        }
        assertEquals(List.of("queued      " + queued, "           answered requests that run no task and have not "
                + "ended task " + (tasks - 1)), followed(folder, lines));
    }

    private static void arrive(List<String> lines, Queue<Integer> waiting) { // coloured, as uvicorn --use-colors does
        lines.add(
                "\u001b[32mINFO\u001b[0m:     127.0.0.1:64633 - \"\u001b[1mGET /?as_async=0 HTTP/1.1\u001b[0m\" 200");
        waiting.add(0);
    }

    @Test
    @DisplayName("--follow says nothing of a queue where the log does not tell, and skips what is no number")
    void followNoQueue() throws Exception {
        assertEquals(List.of(), followed(folder, List.of("2024-05-14 08:55:43 [1]0 sync end",
                "2024-05-14 08:55:43 [1]99999999999 sync end")));
    }

    // ---- Plumbing

    static List<JsonNode> json(Object... arguments) throws Exception {
        var analyze = Call.of(Analyze.commandLine(),
                Stream.concat(Stream.of(arguments), Stream.of("--json")).distinct().toArray());
        assertEquals(0, analyze.exitCode(), analyze.err()::toString);
        return new JsonMapper().readTree(String.join("\n", analyze.out())).valueStream().toList();
    }

    static String figures(JsonNode log) {
        return Stream.concat(Stream.of("requests", "tasks", "threads", "highest", "plateau", "rounds")
                .map(name -> log.get(name).asText()), log.get("spreadMillis").valueStream().map(JsonNode::asText))
                .collect(Collectors.joining(" "));
    }

    static void assertSaid(String text, JsonNode log) {
        assertTrue(log.get("remarks").toString().contains(text), log::toPrettyString);
    }
}
