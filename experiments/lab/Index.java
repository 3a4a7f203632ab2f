//SOURCES CoursePage.java

import module java.base;

/** All lessons of a folder: README.md, the whole course as index.html, and the words in the terminal. */
final class Index {

    private static final String TITLE = "How many background tasks can a web server run at once, and why?";
    private static final String BENCH = "bench/README.md";
    private static final String HOW_TO_READ =
            """
                    ## How to read

                    **Pictures.** In a *timeline*, a bar is a task, from its start to its end. A lane is a request \
                    or, in larger logs, a thread.
                    *In flight* shows how many tasks run at each moment, and how many wait in the queue. \
                    *Lateness* shows how late tasks ended.

                    **Predictions.** The dashed line is a simulation: the same arrivals, on an ideal machine where \
                    only the tasks take time.

                    **Numbers.** `0×12 | 0×8 1×4` are two rounds: twelve tasks of index 0, then eight of index 0 \
                    together with four of index 1.

                    | word | meaning |
                    | --- | --- |
                    | highest | the most tasks that were in flight at any moment |
                    | plateau | the concurrency that a run holds: for half of a window one task time long, at least \
                    so many tasks were in flight |
                    | round | all tasks that had started when the first of them ended |
                    | makespan | the time from the first request to the last end |
                    | spread | the last end minus the first end of one task index |
                    | lateness | a task's end minus the moment it was due, which is its start plus the task time |
                    | wait in the queue | a task's start minus the moment it was submitted |
                    | deviation | how far a run lies from its prediction: the largest difference in concurrency, \
                    and between \
                    the n-th measured and the n-th predicted end |
                    | median, p99 | half of the values, 99 of 100 values are no larger |

                    **The machine.** Each page names the machine, the JDK and the commit of its runs. Another machine \
                    gives other times. What a claim says of order and concurrency should hold there, too: \
                    `jbang lab compare` shows where it does not.

                    The pages to zoom in are not committed; `jbang lab report results/reference` makes them.

                    ## Glossary

                    | word | meaning |
                    | --- | --- |
                    | request | one `GET /`; it is answered first, then its tasks run, one after the other |
                    | task | one background task; a request leaves three behind, with index 0, 1, 2 |
                    | sync | the task blocks a thread of the executor |
                    | async | the task waits on the event loop and blocks nobody |
                    | event loop | the one thread that runs every endpoint and every async task |
                    | executor | where sync tasks run: a pool of threads, virtual threads, … |
                    | queued, running | submitted but not started; started but not ended |
                    | in flight | running tasks; concurrency is their number |
                    | FIFO, LIFO | which waiting task starts next: the oldest, the newest |
                    | run, load | one server under one load; a load is which requests are sent, when, and by whom |
                    | claim | one sentence that a run shows to be true or false |
                    | peer | another framework's server that does the same |
                    """;

    private Index() {}

    /**
     * Writes README.md and index.html from the verdicts that a folder of results holds.
     *
     * @throws IOException if it holds none
     */
    static void write(Path folder) throws IOException {
        var verdicts = Verdict.all(folder);
        var markdown = markdown(verdicts, Files.exists(folder.resolve(BENCH)));
        Files.writeString(folder.resolve("README.md"), markdown);
        Files.writeString(folder.resolve("index.html"), CoursePage.html(folder, TITLE, markdown, verdicts));
    }

    private static String markdown(List<Verdict> verdicts, boolean bench) {
        var cover = verdicts.stream().flatMap(verdict -> verdict.pictures().stream().filter(Verdict.Shown::cover)
                .map(picture -> "![%1$s](%2$s/%3$s.svg)\n\n*%1$s*\n\n".formatted(Markdown.text(picture.caption()),
                        verdict.lesson(),
                        picture.file())))
                .findFirst().orElse("");
        return "# %s\n\n%s%s\n%s%s".formatted(TITLE, cover, table(verdicts, ""),
                bench ? "[The benchmark](%s): how fast each server answers.\n\n".formatted(BENCH) : "", HOW_TO_READ);
    }

    /** A row a lesson; the links begin with that path. */
    static String table(List<Verdict> verdicts, String path) {
        return Markdown.table(List.of("", "lesson", "claims"), false,
                verdicts.stream().map(verdict -> List.of(verdict.number(),
                        "[%s](%s%s/README.md)".formatted(verdict.title(), path, verdict.lesson()), count(verdict)))
                        .toList());
    }

    // ---- In the terminal

    /** "3 of 4 claims hold; 2 not tested": counted over those that were tested. */
    static String count(Verdict verdict) {
        return count(List.of(verdict)) + (verdict.count(Verdict.Result.notTested) == 0 ? ""
                : "; %d not tested".formatted(verdict.count(Verdict.Result.notTested)));
    }

    private static String count(List<Verdict> verdicts) {
        var tested = verdicts.stream().mapToLong(Verdict::tested).sum();
        return tested == 0 ? "no claim was tested"
                : "%d of %d claims hold".formatted(
                        verdicts.stream().mapToLong(verdict -> verdict.count(Verdict.Result.holds)).sum(), tested);
    }

    /** "E02  4 of 4 claims hold   The pool size caps how many sync tasks run concurrently". */
    static String line(Verdict verdict) {
        return "%s  %s   %s".formatted(verdict.number(), count(List.of(verdict)), verdict.title());
    }

    /** The count, each claim that does not hold in two lines, then what was not tested, by reason. No line end. */
    static String summary(List<Verdict> verdicts) {
        var lines = new ArrayList<>(List.of(count(verdicts) + "."));
        var notTested = new LinkedHashMap<List<String>, Integer>(); // how many, by reason and remedy
        for (var verdict : verdicts) {
            for (var claim : verdict.claims()) {
                var reason = LessonPage.reason(claim);
                if (claim.result() == Verdict.Result.doesNotHold)
                    lines.add("%s  %s%n     %s".formatted(verdict.number(), claim.sentence(),
                            LessonPage.difference(claim)));
                if (claim.result() == Verdict.Result.notTested)
                    notTested.merge(List.of(reason.seen(), reason.missing()), 1, Integer::sum);
            }
        }
        notTested.forEach((reason, count) -> lines
                .add("%d more %s not tested: %s%s".formatted(count, count == 1 ? "claim was" : "claims were",
                        reason.getFirst(),
                        reason.getLast().isEmpty() ? ""
                                : "; to test %s too: %s".formatted(count == 1 ? "it" : "them",
                                        reason.getLast()))));
        return String.join(System.lineSeparator(), lines);
    }
}
