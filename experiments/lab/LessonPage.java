//SOURCES Markdown.java

import module java.base;

/** The page of one lesson: README.md in the lesson's folder, Markdown that can be read and linked alone. */
final class LessonPage {

    private static final int MOST_PICTURES = 3; // shown; more would hide the answer, so the others are links
    private static final int MOST_REQUESTS_WITHOUT_LATENESS = 60; // only a larger log gets that picture

    private final Verdict verdict;
    private final StringBuilder page = new StringBuilder();

    private LessonPage(Verdict verdict) {
        this.verdict = verdict;
    }

    /** The whole page; its links and pictures are relative to the lesson's folder. */
    static String markdown(Verdict verdict) {
        var page = new LessonPage(verdict);
        Stream.<Runnable>of(page::answer, page::claims, page::pictures, page::commands, page::runs)
                .forEach(Runnable::run);
        return page.page.toString();
    }

    /** The first screen. */
    private void answer() {
        say("# %s: %s", verdict.number(), Markdown.text(verdict.title()));
        say("**Question.** %s", Markdown.text(verdict.question()));
        say("**Expectation.** %s", Markdown.text(verdict.expectation()));
        var answers = verdict.claims().stream().map(claim -> claim.first().answer())
                .filter(answer -> !answer.isBlank()).distinct();
        say("**Seen.** %s", Stream.concat(Stream.of(Index.count(verdict) + "."), answers.map(Markdown::text))
                .collect(Collectors.joining(" ")));
        verdict.claims().stream().filter(claim -> claim.result() == Verdict.Result.doesNotHold)
                .forEach(claim -> say("**Does not hold.** %s: %s", Markdown.text(claim.sentence()),
                        Markdown.text(difference(claim))));
        verdict.pictures().stream().limit(1).forEach(this::show);
    }

    private void claims() {
        say("## Claims");
        var article = verdict.claims().stream().anyMatch(claim -> isSaid(claim.article()));
        var rows = new ArrayList<List<String>>();
        for (var claim : verdict.claims()) {
            var row = new ArrayList<>(List.of(claim.sentence(), claim.expected(), seen(claim), word(claim)));
            if (article) row.add(1, isSaid(claim.article()) ? claim.article() : "-");
            rows.add(row);
        }
        say(Markdown.table(
                article ? List.of("claim", "the article", "expected", "seen", "verdict")
                        : List.of("claim", "expected", "seen", "verdict"),
                false, rows));
        var figures = figures(verdict);
        if (!figures.isEmpty()) say(figures);
    }

    private static boolean isSaid(String article) {
        return !article.isBlank() && !article.equals("-");
    }

    /** The figures of the claims: a row a claim that has some, a column a name; empty if no claim has any. */
    static String figures(Verdict verdict) {
        var claims = verdict.claims().stream().filter(claim -> !claim.first().figures().isEmpty()).toList();
        var names = claims.stream().flatMap(claim -> claim.first().figures().keySet().stream()).distinct().toList();
        if (names.isEmpty()) return "";
        return Markdown.table(names, false,
                claims.stream().map(claim -> names.stream().map(name -> also(claim.outcomes().stream()
                        .map(outcome -> outcome.figures().getOrDefault(name, "")).filter(value -> !value.isEmpty())))
                        .toList()).toList());
    }

    private void pictures() {
        var others = verdict.pictures().stream().skip(1).toList();
        if (others.isEmpty()) return;
        say("## More pictures");
        others.stream().limit(MOST_PICTURES - 1).forEach(this::show);
        var links = others.stream().skip(MOST_PICTURES - 1)
                .map(picture -> "* [%s](%s.svg)\n".formatted(Markdown.text(picture.caption()), picture.file()))
                .collect(Collectors.joining());
        if (!links.isEmpty()) say(links);
    }

    private void show(Verdict.Shown picture) {
        say("![%1$s](%2$s.svg)\n\n*%1$s* ([to zoom in](%2$s.html))", Markdown.text(picture.caption()), picture.file());
    }

    private void commands() {
        say("## To repeat it");
        say("```\n%s\n```", verdict.command());
        if (verdict.runs().isEmpty()) return;
        say("It starts a server for each run, then sends the requests:");
        say("```\n%s\n```",
                verdict.runs().stream().map(run -> Stream.of("# " + run.title(), run.server(), run.client())
                        .filter(line -> !line.isBlank()).collect(Collectors.joining("\n")))
                        .collect(Collectors.joining("\n\n")));
    }

    private void runs() {
        var runs = verdict.runs();
        if (!runs.isEmpty()) {
            say("## The runs");
            say(runs.stream().map(LessonPage::links).collect(Collectors.joining("\n")));
            say("Figures%s; an empty cell was not measured.", verdict.repetitions() == 1 ? ""
                    : " of %d repetitions, as median (lowest to highest)".formatted(verdict.repetitions()));
            var names = runs.stream().flatMap(run -> run.figures().keySet().stream()).distinct().toList();
            say(Markdown.table(Stream.concat(Stream.of("figure"), runs.stream().map(Verdict.Measured::name)).toList(),
                    true,
                    names.stream().map(name -> Stream.concat(Stream.of(name), runs.stream()
                            .map(run -> Markdown.range(run.figures().getOrDefault(name, List.of())))).toList())
                            .toList()));
            for (var run : runs) run.doubts()
                    .forEach(doubt -> say("**Doubt.** %s: %s", Markdown.text(run.title()), Markdown.text(doubt)));
        }
        say("**Machine.** %s", machine(verdict.machine()));
        say("[How to read pictures, predictions and numbers](../README.md#how-to-read) · [All lessons](../README.md)");
    }

    /** A run's pictures and files. */
    private static String links(Verdict.Measured run) {
        var pictures = new ArrayList<>(List.of("timeline", "in-flight"));
        var requests = run.figures().getOrDefault("requests", List.of());
        if (run.figures().containsKey("lateness, max [ms]") && !requests.isEmpty()
                && requests.getFirst() > MOST_REQUESTS_WITHOUT_LATENESS)
            pictures.add("lateness");
        var title = run.title().equals(run.name()) ? "" : " (" + Markdown.text(run.title()) + ")";
        return "* **%s**%s: %s; [log](%s), [manifest](%s.json)".formatted(run.name(), title, pictures.stream()
                .map(picture -> "[%1$s](%2$s-%3$s.svg) ([to zoom in](%2$s-%3$s.html))"
                        .formatted(picture.replace('-', ' '), run.name(), picture))
                .collect(Collectors.joining(", ")), run.events(), run.name());
    }

    // ---- What claims and figures say in words

    /** "12", or over several repetitions "12; also 11"; empty if it was never tested. */
    static String seen(Verdict.Judged claim) {
        return also(claim.outcomes().stream().filter(outcome -> outcome.result() != Verdict.Result.notTested)
                .map(Verdict.Outcome::seen));
    }

    private static String also(Stream<String> values) {
        return values.distinct().collect(Collectors.joining("; also "));
    }

    private static String word(Verdict.Judged claim) {
        var tested = claim.outcomes().stream().filter(outcome -> outcome.result() != Verdict.Result.notTested).count();
        return claim.result().word() + (claim.result() == Verdict.Result.notTested ? ": " + reason(claim).seen() : "")
                + (claim.outcomes().size() > 1 && tested > 0 ? "; " + heldIn(claim) : "");
    }

    /** The first outcome that says why a claim was not tested. */
    static Verdict.Outcome reason(Verdict.Judged claim) {
        return claim.outcomes().stream().filter(outcome -> outcome.result() == Verdict.Result.notTested).findFirst()
                .orElse(claim.first());
    }

    private static String heldIn(Verdict.Judged claim) {
        return "held in %d of %d runs".formatted(
                claim.outcomes().stream().filter(outcome -> outcome.result() == Verdict.Result.holds).count(),
                claim.outcomes().size());
    }

    /** "expected 12, saw 11", with "; held in 4 of 5 runs" over several repetitions. */
    static String difference(Verdict.Judged claim) {
        return "%ssaw %s%s".formatted(claim.expected().isBlank() ? "" : "expected " + claim.expected() + ", ",
                seen(claim),
                claim.outcomes().size() > 1 ? "; " + heldIn(claim) : "");
    }

    static String machine(Manifest.Machine machine) {
        return Markdown.text("%s, %d CPUs, %s; %s; %s; commit %s (%s); %s".formatted(machine.cpu(), machine.cpus(),
                machine.memory(), machine.system(),
                machine.jdk(), machine.commit(), machine.tree(), machine.time()));
    }

    private void say(String format, Object... values) {
        var text = values.length == 0 ? format : format.formatted(values);
        if (!page.isEmpty()) page.append('\n');
        page.append(text.stripTrailing()).append('\n');
    }
}
