//SOURCES Markdown.java

import module java.base;

/** The page of one lesson: README.md in the lesson's folder, Markdown that can be read and linked alone. */
final class LessonPage {

    private static final int MOST_PICTURES = 3; // shown; more would hide the answer, so the others are links

    private LessonPage() {}

    /** Writes the verdict and the page. */
    static void write(Verdict verdict, Path folder) throws IOException {
        verdict.write(folder);
        Files.writeString(folder.resolve("README.md"), markdown(verdict));
    }

    /** The whole page; its links and pictures are relative to the lesson's folder. */
    static String markdown(Verdict verdict) {
        var page = new ArrayList<String>(); // parts, with an empty line between two
        answer(verdict, page);
        claims(verdict, page);
        morePictures(verdict.pictures(), page);
        page.add("## To repeat it");
        page.add("```\n" + verdict.command() + "\n```");
        if (!verdict.runs().isEmpty()) runs(verdict, page);
        page.add("**Machine.** " + machine(verdict.machine()));
        page.add("[How to read pictures, predictions and numbers](../README.md#how-to-read) · "
                + "[All lessons](../README.md)");
        return page.stream().filter(part -> !part.isBlank()).map(String::stripTrailing)
                .collect(Collectors.joining("\n\n", "", "\n"));
    }

    /** The first screen. */
    private static void answer(Verdict verdict, List<String> page) {
        page.add("# %s: %s".formatted(verdict.number(), Markdown.text(verdict.title())));
        page.add("**Question.** " + Markdown.text(verdict.question()));
        page.add("**Expectation.** " + Markdown.text(verdict.expectation()));
        var answers = verdict.claims().stream().map(claim -> claim.first().answer()).distinct();
        page.add(Stream.concat(Stream.of("**Seen.**", Index.count(verdict) + "."), answers)
                .filter(words -> !words.isBlank()).map(Markdown::text).collect(Collectors.joining(" ")));
        for (var claim : verdict.claims(Verdict.Result.doesNotHold))
            page.add("**Does not hold.** " + Markdown.text(claim.sentence() + ": " + claim.difference()));
        verdict.pictures().stream().limit(1).map(LessonPage::show).forEach(page::add);
    }

    private static void claims(Verdict verdict, List<String> page) {
        var article = verdict.claims().stream().anyMatch(claim -> !claim.article().isBlank());
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("claim", "the article", "expected", "seen", "verdict"));
        for (var claim : verdict.claims()) rows.add(List.of(claim.sentence(),
                claim.article().isBlank() ? "-" : claim.article(), claim.expected(), claim.seen(), word(claim)));
        if (!article) rows.replaceAll(row -> List.of(row.get(0), row.get(2), row.get(3), row.get(4)));
        page.add("## Claims");
        page.add(Markdown.table(rows, false));
        page.add(figures(verdict));
    }

    private static String word(Verdict.Judged claim) {
        var why = claim.result() == Verdict.Result.notTested ? ": " + claim.reason().seen() : "";
        return claim.result().word + why + claim.times();
    }

    /** The figures of the claims: a row a claim that has some, a column a name; empty if no claim has any. */
    static String figures(Verdict verdict) {
        var claims = verdict.claims().stream().filter(claim -> !claim.first().figures().isEmpty()).toList();
        var names = claims.stream().flatMap(claim -> claim.first().figures().keySet().stream()).distinct().toList();
        if (names.isEmpty()) return "";
        var rows = claims.stream().map(claim -> names.stream().map(name -> Verdict.also(claim.outcomes().stream()
                .map(outcome -> outcome.figures().get(name)).filter(Objects::nonNull))).toList());
        return Markdown.table(Stream.concat(Stream.of(names), rows).toList(), false);
    }

    private static void morePictures(List<Verdict.Shown> pictures, List<String> page) {
        if (pictures.size() > 1) page.add("## More pictures");
        pictures.stream().limit(MOST_PICTURES).skip(1).map(LessonPage::show).forEach(page::add);
        page.add(pictures.stream().skip(MOST_PICTURES)
                .map(picture -> "* [%s](%s.svg)".formatted(Markdown.text(picture.caption()), picture.file()))
                .collect(Collectors.joining("\n")));
    }

    private static String show(Verdict.Shown picture) {
        return "![%1$s](%2$s.svg)\n\n*%1$s* ([to zoom in](%2$s.html))".formatted(Markdown.text(picture.caption()),
                picture.file());
    }

    private static void runs(Verdict verdict, List<String> page) {
        var runs = verdict.runs();
        page.add(runs.stream().allMatch(run -> run.server().isEmpty()) ? "What each run does:"
                : "By hand, one run after the other, server and client in two terminals:");
        page.add(runs.stream().map(run -> Stream.of("# " + run.title(), run.server(), run.client())
                .filter(line -> !line.isBlank()).collect(Collectors.joining("\n")))
                .collect(Collectors.joining("\n\n", "```\n", "\n```")));
        page.add("## The runs");
        page.add(runs.stream().map(LessonPage::links).collect(Collectors.joining("\n")));
        page.add("Figures%s; an empty cell means not measured.".formatted(verdict.repetitions() == 1 ? ""
                : " of %d repetitions, as median (lowest to highest)".formatted(verdict.repetitions())));
        var rows = new ArrayList<List<String>>();
        rows.add(Stream.concat(Stream.of("figure"), runs.stream().map(Verdict.Measured::name)).toList());
        runs.stream().flatMap(run -> run.figures().keySet().stream()).distinct()
                .map(name -> Stream.concat(Stream.of(name), runs.stream()
                        .map(run -> Markdown.range(run.figures().getOrDefault(name, List.of())))).toList())
                .forEach(rows::add);
        page.add(Markdown.table(rows, true));
        for (var run : runs) for (var doubt : run.doubts())
            page.add("**Doubt.** " + Markdown.text(run.title() + ": " + doubt));
    }

    /** A run's pictures and files. */
    private static String links(Verdict.Measured run) {
        var title = run.title().equals(run.name()) ? "" : " (" + Markdown.text(run.title()) + ")";
        var pictures = run.pictures().stream().map(picture -> "[%1$s](%2$s-%3$s.svg) ([to zoom in](%2$s-%3$s.html))"
                .formatted(picture.replace('-', ' '), run.name(), picture)).collect(Collectors.joining(", "));
        return "* **%s**%s: %s; [log](%s), [manifest](%s.json)".formatted(run.name(), title, pictures, run.events(),
                run.name());
    }

    static String machine(Manifest.Machine machine) {
        return Markdown.text("%s, %d CPUs, %s; %s; %s; commit %s (%s); %s".formatted(machine.cpu(), machine.cpus(),
                machine.memory(), machine.system(), machine.jdk(), machine.commit(), machine.tree(), machine.time()));
    }
}
