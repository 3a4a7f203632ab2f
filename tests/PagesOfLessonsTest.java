//SOURCES readme.java

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The pages of lessons, and the words at the end of a run")
class PagesOfLessonsTest {

    static final Verdict.Result HOLDS = Verdict.Result.holds, FAILS = Verdict.Result.doesNotHold,
            NOT_TESTED = Verdict.Result.notTested;
    static final Manifest.Machine MACHINE =
            new Manifest.Machine("A CPU", 8, "16 GiB", "Linux 6.1", "OpenJDK 25", "2026-01-26T02:46:24.017Z",
                    "ff005d9", "clean");

    @TempDir
    Path folder;

    static Verdict.Outcome outcome(Verdict.Result result, String seen, String... figures) {
        var named = new LinkedHashMap<String, String>();
        for (var i = 0; i < figures.length; i += 2) named.put(figures[i], figures[i + 1]);
        return new Verdict.Outcome(result, seen, "", named, null);
    }

    static Verdict.Judged claim(String sentence, Verdict.Outcome... outcomes) {
        return new Verdict.Judged(sentence, "", "12", List.of(outcomes));
    }

    static Verdict verdict(String lesson, String title, List<Verdict.Judged> claims,
            List<Verdict.Measured> runs,
            List<Verdict.Shown> pictures) {
        return new Verdict(lesson, title, "How many?", "Twelve.",
                "jbang experiments/%s.java --task-time 3s".formatted(lesson),
                claims, runs, pictures, MACHINE);
    }

    static Verdict pool() {
        var figures = new LinkedHashMap<String, List<Double>>();
        figures.put("highest", List.of(12.0));
        figures.put("makespan [ms]", List.of(15012.345));
        return verdict("E02_ThePool", "The pool caps", List.of(
                new Verdict.Judged("12 tasks are in flight, never 13", "12", "12",
                        List.of(new Verdict.Outcome(HOLDS, "12", "Twelve at most.", new LinkedHashMap<>(), null))),
                new Verdict.Judged("Rounds of <sync> tasks", "", "0×12 | 0×8", List.of(outcome(HOLDS, "0×12 | 0×8"))),
                new Verdict.Judged("The same on FastAPI", "12", "12",
                        List.of(new Verdict.Outcome(NOT_TESTED, "FastAPI is not installed", "",
                                new LinkedHashMap<>(),
                                new Verdict.Missing("FastAPI", "apt install python3-fastapi"))))),
                List.of(new Verdict.Measured("pool-of-12", "a pool of 12", "pool-of-12.csv", "jbang server.java",
                        "jbang client.java 0 20", List.of("timeline", "in-flight"),
                        figures, List.of("Other programs used 60 % of the CPUs."))),
                List.of(new Verdict.Shown("pool-of-12-timeline", "A bar is a task"),
                        new Verdict.Shown("twins", "Sync above, async below")));
    }

    @Test
    @DisplayName("A page answers in its first screen, then has claims, commands, figures, doubts, machine, and "
            + "the way to read it")
    void page() {
        assertEquals(
                """
                        # E02: The pool caps

                        **Question.** How many?

                        **Expectation.** Twelve.

                        **Seen.** 2 of 2 claims hold; 1 not tested. Twelve at most.

                        ![A bar is a task](pool-of-12-timeline.svg)

                        *A bar is a task* ([to zoom in](pool-of-12-timeline.html))

                        ## Claims

                        | claim | the article | expected | seen | verdict |
                        | --- | --- | --- | --- | --- |
                        | 12 tasks are in flight, never 13 | 12 | 12 | 12 | holds |
                        | Rounds of &lt;sync> tasks | - | 0×12 \\| 0×8 | 0×12 \\| 0×8 | holds |
                        | The same on FastAPI | 12 | 12 |  | not tested: FastAPI is not installed |

                        ## More pictures

                        ![Sync above, async below](twins.svg)

                        *Sync above, async below* ([to zoom in](twins.html))

                        ## To repeat it

                        ```
                        jbang experiments/E02_ThePool.java --task-time 3s
                        ```

                        By hand, one run after the other, server and client in two terminals:

                        ```
                        # a pool of 12
                        jbang server.java
                        jbang client.java 0 20
                        ```

                        ## The runs

                        * **pool-of-12** (a pool of 12): [timeline](pool-of-12-timeline.svg) ([to zoom \
                        in](pool-of-12-timeline.html)), \
                        [in flight](pool-of-12-in-flight.svg) ([to zoom in](pool-of-12-in-flight.html)); \
                        [log](pool-of-12.csv), \
                        [manifest](pool-of-12.json)

                        Figures; an empty cell means not measured.

                        | figure | pool-of-12 |
                        | --- | ---: |
                        | highest | 12 |
                        | makespan [ms] | 15012.35 |

                        **Doubt.** a pool of 12: Other programs used 60 % of the CPUs.

                        **Machine.** A CPU, 8 CPUs, 16 GiB; Linux 6.1; OpenJDK 25; commit ff005d9 (clean); \
                        2026-01-26T02:46:24.017Z

                        [How to read pictures, predictions and numbers](../README.md#how-to-read) · [All \
                        lessons](../README.md)
                        """,
                LessonPage.markdown(pool()));
    }

    @Test
    @DisplayName("Over several repetitions, a claim says what else was seen and how often it held; figures are "
            + "medians and ranges")
    void repetitions() {
        var figures = new LinkedHashMap<String, List<Double>>();
        figures.put("highest", List.of(12.0, 11.0, 12.0));
        figures.put("OS threads", List.of());
        var page = LessonPage.markdown(verdict("E03_X", "X", List.of(
                claim("A", outcome(HOLDS, "12"), outcome(FAILS, "11"), outcome(HOLDS, "12")),
                claim("B", outcome(HOLDS, "12"), outcome(HOLDS, "12"), outcome(HOLDS, "12")),
                claim("C", outcome(HOLDS, "12"), outcome(NOT_TESTED, "there was no time"), outcome(HOLDS, "12"))),
                List.of(new Verdict.Measured("one", "one", "one.csv.gz", "", "Nothing",
                        List.of("timeline", "in-flight"), figures, List.of())),
                List.of()));
        assertTrue(page.contains("""
                **Seen.** 1 of 2 claims hold; 1 not tested.

                **Does not hold.** A: expected 12, saw 12; also 11; held in 2 of 3 repetitions

                ## Claims

                | claim | expected | seen | verdict |
                | --- | --- | --- | --- |
                | A | 12 | 12; also 11 | does not hold; held in 2 of 3 repetitions |
                | B | 12 | 12 | holds; held in 3 of 3 repetitions |
                | C | 12 | 12 | not tested: there was no time; held in 2 of 3 repetitions |
                """), page);
        assertTrue(
                page.contains(
                        """
                                * **one**: [timeline](one-timeline.svg) ([to zoom in](one-timeline.html)), [in \
                                flight](one-in-flight.svg) \
                                ([to zoom in](one-in-flight.html)); [log](one.csv.gz), [manifest](one.json)

                                Figures of 3 repetitions, as median (lowest to highest); an empty cell means not \
                                measured.

                                | figure | one |
                                | --- | ---: |
                                | highest | 12 (11 to 12) |
                                | OS threads |  |
                                """),
                page);
    }

    @Test
    @DisplayName("Three pictures are shown and the rest are links; a large run with lateness has a link to that "
            + "picture")
    void pictures() {
        var figures = new LinkedHashMap<String, List<Double>>();
        figures.put("requests", List.of(61.0));
        figures.put("lateness, max [ms]", List.of(0.0123));
        var shown =
                IntStream.rangeClosed(1, 4).mapToObj(i -> new Verdict.Shown("p" + i, "Picture " + i)).toList();
        var page = LessonPage.markdown(verdict("E03_X", "X", List.of(claim("A", outcome(HOLDS, "12"))),
                List.of(new Verdict.Measured("one", "one", "one.csv", "", "Nothing",
                        List.of("timeline", "in-flight", "lateness"), figures, List.of())),
                shown));
        assertEquals(
                List.of("![Picture 1](p1.svg)", "![Picture 2](p2.svg)", "![Picture 3](p3.svg)",
                        "* [Picture 4](p4.svg)"),
                page.lines().filter(line -> line.matches("(!|\\* \\[).*")).toList());
        assertTrue(page.contains(", [lateness](one-lateness.svg) ([to zoom in](one-lateness.html)); [log](one.csv)"),
                page);
        assertTrue(page.contains("| lateness, max [ms] | 0.012 |\n"), page);
    }

    @Test
    @DisplayName("The figures of claims are a table: a row a claim that has some, a column a name")
    void figures() {
        var verdict = verdict("E18_Frameworks", "Frameworks", List.of(
                claim("A", outcome(HOLDS, "12", "framework", "server.java", "plateau", "12"),
                        outcome(HOLDS, "12", "framework", "server.java", "plateau", "11")),
                claim("B", outcome(HOLDS, "12")),
                claim("C", outcome(HOLDS, "12", "framework", "FastAPI", "order", "FIFO"))), List.of(), List.of());
        assertEquals("""
                | framework | plateau | order |
                | --- | --- | --- |
                | server.java | 12; also 11 |  |
                | FastAPI |  | FIFO |
                """, LessonPage.figures(verdict));
        assertEquals("", LessonPage.figures(pool()));
        assertTrue(LessonPage.markdown(verdict).contains("\n\n" + LessonPage.figures(verdict) + "\n"));
    }

    @Test
    @DisplayName("At the end of a run stand the count, each claim that does not hold, and once what was not "
            + "tested, by reason")
    void summary() {
        assertEquals(
                "2 of 2 claims hold.%n1 more compare with FastAPI; to run them too: apt install python3-fastapi."
                        .formatted(),
                Index.summary(List.of(pool())));
        var failing = verdict("E03_X", "X",
                List.of(claim("A", outcome(FAILS, "11")), claim("B", outcome(NOT_TESTED, "no time"))), List.of(),
                List.of());
        assertEquals("""
                4 of 5 claims hold.
                E03  A
                     expected 12, saw 11
                2 more compare with FastAPI; to run them too: apt install python3-fastapi.
                1 more not tested: no time.""",
                Index.summary(List.of(pool(), failing, pool())).replace("\r", ""));
        assertEquals("E02  2 of 2 claims hold   The pool caps", Index.line(pool()));
    }

    @Test
    @DisplayName("The index has the cover, a table of lessons with links and counts, and how to read; the course "
            + "has all pages in one file")
    void index() throws IOException {
        var other = verdict("E03_Other", "Other | things", List.of(claim("A", outcome(FAILS, "11"))), List.of(),
                List.of());
        for (var verdict : List.of(other, pool()))
            verdict.write(Files.createDirectories(folder.resolve(verdict.lesson())));
        Files.writeString(folder.resolve("E02_ThePool/twins.svg"), "<svg/>");
        Index.write(folder);
        var readme = Files.readString(folder.resolve("README.md"));
        assertTrue(readme.startsWith("""
                # How many background tasks can a web server run at once, and why?

                ![Sync above, async below](E02_ThePool/twins.svg)

                *Sync above, async below*

                No more sync tasks run concurrently than the executor has threads; async tasks have no plateau. \
                Twelve at most.

                |  | lesson | claims |
                | --- | --- | --- |
                | E02 | [The pool caps](E02_ThePool/README.md) | 2 of 2 claims hold; 1 not tested |
                | E03 | [Other \\| things](E03_Other/README.md) | 0 of 1 claims hold |

                ## How to read
                """), readme);
        assertTrue(readme.contains("the dashed line is a simulation: the same arrivals, on an ideal"));
        assertFalse(readme.contains("bench"));
        var course = Files.readString(folder.resolve("index.html"));
        var svg = "src=\"data:image/svg+xml;base64,PHN2Zy8+\"";
        for (var part : List.of("<h1>How many", "<a href=\"#E02\">The pool caps</a>",
                "<a href=\"#E03\">Other | things</a>",
                "<article id=\"E02\">\n<h2>E02: The pool caps</h2>", svg, "<h3>Claims</h3>",
                "href=\"E02_ThePool/pool-of-12.csv\"",
                "<h2 id=\"how-to-read\">", "<a href=\"#how-to-read\">", "Rounds of &lt;sync&gt; tasks"))
            assertTrue(course.contains(part), part + " in " + course);
        assertEquals(3, course.split(Pattern.quote(svg)).length, "the cover, and the same on its page");
        Files.createDirectories(folder.resolve("bench"));
        Files.writeString(folder.resolve("bench/README.md"), "# Bench");
        Index.write(folder);
        assertTrue(Files.readString(folder.resolve("README.md")).contains("[The benchmark](bench/README.md)"));
    }

    @Test
    @DisplayName("readme.java fills the README's places and the catalog's aliases, then finds nothing to do; a "
            + "new lesson never fails the check")
    void readme() throws IOException {
        var reference = Files.createDirectories(folder.resolve("results/reference"));
        var lesson = verdict("E18_Frameworks", "Frameworks",
                List.of(claim("A", outcome(HOLDS, "12", "framework", "server.java"))), List.of(),
                List.of());
        lesson.write(Files.createDirectories(reference.resolve(lesson.lesson())));
        Files.createDirectories(folder.resolve("experiments"));
        Files.writeString(folder.resolve("experiments/E18_Frameworks.java"), "//DESCRIPTION Frameworks\n");
        var readme = folder.resolve("README.md");
        var catalog = folder.resolve("jbang-catalog.json");
        Files.writeString(readme, """
                # A title
                <!-- lessons: jbang tests/readme.java -->
                <!-- end -->
                <!-- atlas: jbang tests/readme.java -->
                old
                <!-- end -->
                <!-- bench: jbang tests/readme.java -->
                stays, for the reference has none
                <!-- end -->
                """);
        Files.writeString(catalog, "{\"aliases\": {\"lab\": {\"script-ref\": \"lab.java\"}}, \"templates\": {}}");
        assertEquals(1, call("--check"));
        assertTrue(Files.readString(readme).contains("\nold\n"), "the check changes nothing");
        assertEquals(0, call());
        assertEquals("""
                # A title
                <!-- lessons: jbang tests/readme.java -->
                |  | lesson | claims |
                | --- | --- | --- |
                | E18 | [Frameworks](results/reference/E18_Frameworks/README.md) | 1 of 1 claims hold |
                <!-- end -->
                <!-- atlas: jbang tests/readme.java -->
                | framework |
                | --- |
                | server.java |
                <!-- end -->
                <!-- bench: jbang tests/readme.java -->
                stays, for the reference has none
                <!-- end -->
                """, Files.readString(readme));
        assertEquals("""
                {
                  "aliases": {
                    "lab": {
                      "script-ref": "lab.java"
                    },
                    "E18": {
                      "script-ref": "experiments/E18_Frameworks.java",
                      "description": "Frameworks"
                    }
                  },
                  "templates": {}
                }
                """, Files.readString(catalog).replace("\r", "").replace("{ }", "{}"));
        assertEquals(0, call("--check"));
        Files.writeString(folder.resolve("experiments/E19_New.java"), "//DESCRIPTION New\n");
        assertEquals(0, call("--check"));
    }

    private int call(String... options) {
        return Call.of(Readme.commandLine(), Stream.concat(Stream.of(options), Stream.of(folder)).toArray())
                .exitCode();
    }
}
