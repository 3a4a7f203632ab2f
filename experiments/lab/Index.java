//SOURCES CoursePage.java
//FILES how-to-read.md

import module java.base;

/** All lessons of a folder: README.md, the whole course as index.html, and the words in the terminal. */
final class Index {

    private static final String TITLE = "How many background tasks can a web server run at once, and why?";
    private static final String ANSWER =
            "No more sync tasks run concurrently than the executor has threads; async tasks have no plateau.";
    private static final String COVER = "twins"; // the picture at the top, of the lesson that has it
    private static final String BENCH = "bench/README.md";

    private Index() {}

    /** Writes README.md and index.html from the verdicts in a folder of results; fails if it holds none. */
    static void write(Path folder) throws IOException {
        var verdicts = Verdict.all(folder);
        var page = new ArrayList<>(List.of("# " + TITLE));
        var answer = new StringJoiner(" ").add(ANSWER);
        for (var verdict : verdicts) for (var picture : verdict.pictures()) if (picture.file().equals(COVER)) {
            page.add("![%1$s](%2$s/%3$s.svg)\n\n*%1$s*".formatted(Markdown.text(picture.caption()), verdict.lesson(),
                    picture.file()));
            for (var claim : verdict.claims())
                if (!claim.first().answer().isEmpty()) answer.add(claim.first().answer());
        }
        page.add(answer.toString());
        page.add(table(verdicts, "").stripTrailing());
        if (Files.exists(folder.resolve(BENCH)))
            page.add("[The benchmark](%s): how fast each server answers.".formatted(BENCH));
        page.add(resource("how-to-read.md"));
        var markdown = String.join("\n\n", page);
        Files.writeString(folder.resolve("README.md"), markdown);
        Files.writeString(folder.resolve("index.html"), CoursePage.html(folder, TITLE, markdown, verdicts));
    }

    /** A file that lies beside this class. */
    static String resource(String name) throws IOException {
        try (var file = Index.class.getResourceAsStream("/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A row a lesson; the links begin with that path. */
    static String table(List<Verdict> verdicts, String path) {
        var rows = verdicts.stream().map(verdict -> List.of(verdict.number(),
                "[%s](%s%s/README.md)".formatted(verdict.title(), path, verdict.lesson()), count(verdict)));
        return Markdown.table(Stream.concat(Stream.of(List.of("", "lesson", "claims")), rows).toList(), false);
    }

    // ---- In the terminal

    /** "3 of 4 claims hold; 2 not tested": counted over those that were tested. */
    static String count(Verdict verdict) {
        var notTested = verdict.claims(Verdict.Result.notTested).size();
        return count(List.of(verdict)) + (notTested == 0 ? "" : "; %d not tested".formatted(notTested));
    }

    private static String count(List<Verdict> verdicts) {
        var hold = verdicts.stream().mapToInt(verdict -> verdict.claims(Verdict.Result.holds).size()).sum();
        var tested = hold + verdicts.stream().mapToInt(each -> each.claims(Verdict.Result.doesNotHold).size()).sum();
        return tested == 0 ? "no claim was tested" : "%d of %d claims hold".formatted(hold, tested);
    }

    /** "E02  4 of 4 claims hold   The pool size caps sync tasks". */
    static String line(Verdict verdict) {
        return "%s  %s   %s".formatted(verdict.number(), count(List.of(verdict)), verdict.title());
    }

    /** The count, each claim that does not hold in two lines, then once what was not tested. No line end. */
    static String summary(List<Verdict> verdicts) {
        var lines = new ArrayList<>(List.of(count(verdicts) + "."));
        var notTested = new LinkedHashMap<String, Integer>(); // how many, by what the end of the line says
        for (var verdict : verdicts) {
            for (var claim : verdict.claims(Verdict.Result.doesNotHold))
                lines.add("%s  %s%n     %s".formatted(verdict.number(), claim.sentence(), claim.difference()));
            for (var claim : verdict.claims(Verdict.Result.notTested)) {
                var missing = claim.reason().missing();
                notTested.merge(missing == null || missing.command().isEmpty() ? "not tested: " + claim.reason().seen()
                        : "compare with %s; to run them too: %s".formatted(missing.peer(), missing.command()), 1,
                        Integer::sum);
            }
        }
        notTested.forEach((why, count) -> lines.add("%d more %s.".formatted(count, why)));
        return String.join(System.lineSeparator(), lines);
    }
}
