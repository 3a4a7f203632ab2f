//DEPS org.commonmark:commonmark-ext-gfm-tables:0.27.0

import module java.base;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * What a folder of results says: pictures, figures, and claims with their verdicts, as README.md and index.html.
 * It is made from events and manifests alone, so that the same folder gives the same notebook, byte for byte, everywhere.
 */
final class Notebook {

    private static final int MANY_RUNS = 7; // whose lanes would hide the table that they belong to; links do for them

    private static final String HOW_TO_READ = """

            **How to read the pictures.** A bar is a task from its start to its end, a lane the request that it belongs to or, where there are
            more than %d requests, the thread that it runs on. A curve is the number of tasks in flight: solid as measured, dashed as predicted.
            Where a task ends and the next one starts a little later, the measured curve dips for that moment.

            **How to read the predictions.** A machine on which nothing takes time but the tasks gets the same requests at the same moments.
            `Slots`: so many tasks run at once, and the one that has waited longest comes next; `NewestFirst`: the one that came last does.
            `EventLoop` and `Unbounded`: none waits, on one thread or on one each. `Shared`: tasks compute, and share the cores.

            **How to read the numbers.** `0×12 | 0×8 1×4` are two rounds; twelve tasks of index 0 ended together, then eight of index 0 with
            four of index 1. *Highest* is the most tasks that were in flight at a moment, *plateau* the most that were for half a task time in
            all; *spread* is the last end minus the first of one task index, and *late* is how long after its due moment a task ended. *Off the
            model* is how far a run lies from its prediction: in tasks in flight, and in ends, the n-th that was seen from the n-th predicted.

            **How to repeat it.** The commands of each run stand above its pictures; port 0 is any free one, which the client's `--url` names.
            The pages to zoom in open from disk; `jbang lab` makes them, and `jbang lab report` does again, with all of this, from the events
            and manifests. In a fresh clone they are not there yet.
            """;

    private final Path folder;
    private final List<Lab.Claim> outcomes;
    private final List<Shown> shown; // every run of every repetition

    /** A run as it lies in a folder; with what was predicted, if anything was, and all its figures. */
    record Shown(Path repetition, String experiment, String name, Run.Manifest manifest, analyze.Log log, Optional<analyze.Log> model,
            SequencedMap<String, Double> figures) {

        /** Simulates what was predicted once, for a large run takes its time. */
        static Shown of(Path repetition, String experiment, String name, Run.Manifest manifest, analyze.Log log) {
            var model = Optional.ofNullable(manifest.predicted()).filter(predicted -> !predicted.isEmpty())
                    .map(predicted -> Difference.model(log, Model.discipline(predicted)));
            var figures = log.figures();
            model.ifPresent(predicted -> figures.putAll(Difference.between(log, predicted)));
            if (manifest.notes() != null) figures.putAll(manifest.notes());
            return new Shown(repetition, experiment, name, manifest, log, model, figures);
        }

        /** The path of its files without the ending, as a link from the notebook. */
        String link(Path folder) {
            return folder.relativize(repetition.resolve(experiment).resolve(name)).toString().replace('\\', '/');
        }
    }

    Notebook(Path folder, List<Lab.Claim> outcomes) throws IOException {
        this.folder = folder;
        this.outcomes = outcomes.stream().sorted(Comparator.comparing(Lab.Claim::experiment)).toList(); // stable: else as they came
        this.shown = new ArrayList<>();
        for (var repetition : repetitions(folder)) {
            for (var experiment : experiments(folder)) {
                if (Files.notExists(repetition.resolve(experiment))) continue;
                try (var files = Files.list(repetition.resolve(experiment))) {
                    for (var file : files.filter(each -> each.toString().endsWith(".json")).sorted().toList()) {
                        var path = file.toString().replaceFirst("\\.json$", "");
                        var manifest = Run.Manifest.read(file);
                        var name = Path.of(path).getFileName().toString();
                        var log =
                                analyze.read(Run.events(Path.of(path)), experiment.replaceFirst("_.*", " ") + name,
                                        Duration.parse(manifest.taskTime()));
                        shown.add(Shown.of(repetition, experiment, name, manifest, log));
                    }
                }
            }
        }
        if (shown.isEmpty()) throw new IOException(folder + " holds no run; jbang lab makes some");
    }

    /** The folder of the first run of each experiment, which is the folder itself, and those of the others. */
    static List<Path> repetitions(Path folder) {
        return Stream.concat(Stream.of(folder), IntStream.iterate(2, run -> run + 1).mapToObj(run -> folder.resolve("run-" + run))
                .takeWhile(Files::isDirectory)).toList();
    }

    /** The experiments of which a folder holds a run. */
    static List<String> experiments(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) throw new IOException(folder + " is no folder of results; jbang lab makes results/latest");
        try (var files = Files.list(folder)) {
            return files.filter(Files::isDirectory).map(file -> file.getFileName().toString()).filter(name -> name.matches("[A-Z]\\d+_\\w+")).sorted()
                    .toList();
        }
    }

    // ---- Claims and figures over all repetitions

    /** One claim's outcomes, one a repetition. */
    record Judged(List<Lab.Claim> outcomes) {
        Lab.Claim first() {
            return outcomes.getFirst();
        }

        long times(Lab.Verdict verdict) {
            return outcomes.stream().filter(claim -> claim.verdict() == verdict).count();
        }

        Lab.Verdict verdict() {
            return times(Lab.Verdict.DOES_NOT_HOLD) > 0 ? Lab.Verdict.DOES_NOT_HOLD
                    : times(Lab.Verdict.NOT_TESTED) > 0 ? Lab.Verdict.NOT_TESTED : Lab.Verdict.HOLDS;
        }

        String word() {
            return switch (verdict()) {
                case HOLDS -> "holds";
                case DOES_NOT_HOLD -> "does not hold";
                case NOT_TESTED -> "not tested here";
            };
        }

        String seen() {
            return outcomes.stream().map(Lab.Claim::seen).distinct().collect(Collectors.joining("; also "));
        }

        /** "Expected 12, saw 12 in 3 of 3 runs: holds." */
        String sentence() {
            return switch (verdict()) {
                case NOT_TESTED -> "Not tested here: %s.".formatted(seen());
                default -> "Expected %s, saw %s%s: %s.".formatted(first().entry("expected"), seen(), outcomes.size() == 1 ? ""
                        : "; as expected in %d of %d runs".formatted(times(Lab.Verdict.HOLDS), outcomes.size()), word());
            };
        }
    }

    private List<Judged> judged() {
        return outcomes.stream()
                .collect(Collectors.groupingBy(claim -> claim.experiment() + "|" + claim.sentence(), LinkedHashMap::new, Collectors.toList()))
                .values().stream().map(Judged::new).toList();
    }

    private List<Judged> judged(Collection<String> experiments) {
        return judged().stream().filter(claim -> experiments.contains(claim.first().experiment())).toList();
    }

    boolean noneFails(Collection<String> experiments) {
        return judged(experiments).stream().noneMatch(claim -> claim.verdict() == Lab.Verdict.DOES_NOT_HOLD);
    }

    /** A figure of one run over all repetitions: "12", or the median and the range, "12 (11 to 12)". */
    private static String figure(List<Shown> repetitions, String name) {
        var values = values(repetitions, name);
        if (values.length == 0) return "";
        var median = analyze.number(median(values));
        return values[0] == values[values.length - 1] ? median
                : "%s (%s to %s)".formatted(median, analyze.number(values[0]), analyze.number(values[values.length - 1]));
    }

    /** The middle value, or the mean of the two in the middle. */
    static double median(double[] sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static double[] values(List<Shown> repetitions, String name) {
        return repetitions.stream().map(run -> run.figures.get(name)).filter(Objects::nonNull).mapToDouble(value -> value).sorted().toArray();
    }

    private SequencedMap<String, List<Shown>> byRun() {
        return shown.stream().collect(Collectors.groupingBy(run -> run.experiment + "/" + run.name, LinkedHashMap::new, Collectors.toList()));
    }

    // ---- Writing

    Path page() {
        return folder.resolve("index.html").toAbsolutePath();
    }

    /** Draws the pictures of the first repetition and writes the notebook in both forms. */
    Notebook write() throws IOException {
        for (var run : shown) {
            if (run.repetition.equals(folder)) analyze.draw(run.log, folder.resolve(run.link(folder)), folder, 0, run.model.orElse(null));
        }
        var twins = twins();
        if (!twins.isEmpty()) analyze.draw(twins, folder.resolve("twins"), folder);
        for (var experiment : byExperiment().keySet()) {
            var pair = besideFastApi(experiment);
            if (!pair.isEmpty()) analyze.draw(pair, folder.resolve(experiment).resolve("beside-fastapi"), folder);
        }
        if (!Atlas.table(firsts()).isEmpty()) Files.writeString(folder.resolve("atlas.svg"), Atlas.drawing(firsts()));
        for (var experiment : byExperiment().entrySet()) {
            var logs = shown.stream().filter(run -> run.repetition.equals(folder) && run.experiment.equals(experiment.getKey()))
                    .map(run -> run.log.called(run.name)).toList();
            if (hasLateness(experiment.getKey()))
                analyze.drawLateness(logs, folder.resolve(experiment.getKey()).resolve("all"), folder, parts(experiment.getValue()));
            var logLog = LogLog.drawing(experiment.getValue().stream().map(Judged::first).toList());
            if (!logLog.isEmpty()) Files.writeString(folder.resolve(experiment.getKey()).resolve("log-log.svg"), logLog);
        }
        var markdown = markdown(twins);
        Files.writeString(folder.resolve("README.md"), markdown);
        Files.writeString(page(), html(markdown));
        return this;
    }

    /** What stands in the terminal at the end about these experiments: the count, what failed in full, and where to read on. */
    String summary(Collection<String> experiments) {
        var judged = judged(experiments);
        var older = judged().size() - judged.size();
        var text = new StringBuilder("%d of %d claims hold. The notebook%s: %s%n".formatted(
                judged.stream().filter(claim -> claim.verdict() == Lab.Verdict.HOLDS).count(), judged.size(),
                older == 0 ? "" : ", with %d older claims".formatted(older), folder.resolve("index.html")));
        for (var claim : judged) {
            if (claim.verdict() != Lab.Verdict.HOLDS)
                text.append("%s  %s%n     %s%n".formatted(claim.first().number(), claim.first().sentence(), claim.sentence()));
        }
        return text.toString().stripTrailing();
    }

    /** The same requests sync and async: of the pairs that a lane a request can show, the largest. */
    private List<analyze.Log> twins() {
        var logs = shown.stream().filter(run -> run.repetition.equals(folder) && run.manifest.client().startsWith("jbang client.java")) // the article's way
                .map(Shown::log).filter(log -> log.requests() <= analyze.MOST_REQUEST_LANES).toList();
        return logs.stream().filter(log -> log.mode().equals("sync")).sorted(Comparator.comparing(analyze.Log::requests).reversed())
                .flatMap(sync -> logs.stream().filter(log -> log.mode().equals("async") && log.requests() == sync.requests()).limit(1)
                        .map(async -> List.of(sync, async)))
                .findFirst().orElse(List.of());
    }

    /** The first run of an experiment and its run on FastAPI, if both can be shown with a lane a request. */
    private List<analyze.Log> besideFastApi(String experiment) {
        var runs = shown.stream().filter(run -> run.repetition.equals(folder) && run.experiment.equals(experiment)
                && run.log.requests() <= analyze.MOST_REQUEST_LANES).toList();
        return runs.stream().filter(run -> run.name.equals("fastapi") && run != runs.getFirst())
                .map(run -> List.of(runs.getFirst().log, run.log)).findFirst().orElse(List.of());
    }

    /** The claims of the first repetition. */
    private List<Lab.Claim> firsts() {
        return judged().stream().map(Judged::first).toList();
    }

    private String markdown(List<analyze.Log> twins) throws IOException {
        var text = new StringBuilder("# How many background tasks does a web server run at once, and why?\n\n");
        if (!twins.isEmpty()) {
            var sync = twins.getFirst();
            var async = twins.getLast();
            text.append(
                    """
                            **On this machine**, of %d requests' tasks that block a thread, %d ran at a time, one on each of %d threads, and the last ended after
                            %s s; of the same tasks on the event loop, %d ran at a time on %d thread, and the last ended after %s s.

                            ![The same requests with sync and with async tasks, one bar a task](twins-lanes.svg)

                            To zoom in: [the same as a page](twins-lanes.html).

                            """
                            .formatted(sync.requests(), sync.plateau(), sync.threads(), seconds(sync), async.plateau(), async.threads(),
                                    seconds(async)));
        }
        text.append("""
                ## The course

                Each lesson asks a question, says what to expect, how it was tried and what was seen, and ends with a verdict on each of its claims.

                """);
        text.append(row("", "lesson", "tasks at once", "claims that hold")).append(row("---", "---", "---:", "---:"));
        byExperiment().forEach((_, claims) -> text.append(lesson(claims)));
        text.append(HOW_TO_READ.formatted(analyze.MOST_REQUEST_LANES));
        byExperiment().forEach((_, claims) -> section(text, claims));
        if (Files.exists(folder.resolve("bench.json"))) speed(text);
        text.append("\n## All claims\n\n");
        text.append(row("", "claim", "the article", "expected", "seen", "verdict")).append(row("---", "---", "---", "---", "---", "---"));
        for (var claim : judged()) {
            text.append(row(claim.first().number(), claim.first().sentence(), claim.first().entry("article"), claim.first().entry("expected"),
                    claim.seen(), claim.word()));
        }
        var first = shown.stream().map(Shown::manifest)
                .max(Comparator.comparing(manifest -> manifest.machine().time())).orElseThrow(); // of what was run last
        var machine = first.machine();
        text.append("\n## The machine\n\n").append(row("", "")).append(row("---", "---"));
        text.append(row("CPU", "%d of %s".formatted(machine.cpus(), machine.cpu()))).append(row("memory", machine.memory()))
                .append(row("system", machine.system())).append(row("JDK", machine.jdk()))
                .append(row("commit", machine.commit() + ", tree " + machine.tree()))
                .append(row("begun last", machine.time())).append(row("load average then", "" + machine.loadAverage()))
                .append(row("task time", analyze.text(Duration.parse(first.taskTime()))))
                .append(row("runs of each experiment", "" + repetitions(folder).size()))
                .append(row("libraries", String.join(", ", machine.libraries())))
                .append(row("to repeat it", "`jbang lab --runs %d --task-time %s %s`".formatted(repetitions(folder).size(), first.taskTime(),
                        byExperiment().values().stream().map(claims -> claims.getFirst().first().number()).collect(Collectors.joining(" ")))));
        return text.toString();
    }

    private void speed(StringBuilder text) throws IOException {
        var speed = Speed.read(folder.resolve("bench.json"));
        var machine = speed.machine();
        text.append("\n## Speed beside them\n\nMedians and ranges of `%s`, on %d of %s with %s, commit %s. Each server in turn, then all again: \n"
                .formatted(speed.command(), machine.cpus(), machine.cpu(), machine.memory(), machine.commit()));
        text.append(
                "`GET /?as_async=1` under `wrk` with 64 connections, each request leaving three tasks behind and each task printing its line, to nowhere.\n\n")
                .append(speed.table()).append('\n').append(speed.verdict());
    }

    /** Whether an experiment has more than one large run, whose lateness is worth a picture of its own. */
    private boolean hasLateness(String experiment) {
        return shown.stream().filter(run -> run.repetition.equals(folder) && run.experiment.equals(experiment)
                && run.log.requests() > analyze.MOST_REQUEST_LANES).count() > 1;
    }

    /** The parts of a spread that the claims of an experiment published, from the first repetition; in milliseconds. */
    private static SequencedMap<String, Double> parts(List<Judged> claims) {
        var parts = new LinkedHashMap<String, Double>();
        claims.stream().flatMap(claim -> claim.first().entries().entrySet().stream()).filter(entry -> entry.getKey().startsWith("part: "))
                .sorted(Comparator.comparing(entry -> -Double.parseDouble(entry.getValue())))
                .forEach(entry -> parts.put(entry.getKey().substring(6), Double.valueOf(entry.getValue())));
        return parts;
    }

    private SequencedMap<String, List<Judged>> byExperiment() {
        return judged().stream().collect(Collectors.groupingBy(claim -> claim.first().experiment(), LinkedHashMap::new, Collectors.toList()));
    }

    /** A line of the table of contents. */
    private String lesson(List<Judged> claims) {
        var first = claims.getFirst().first();
        var plateaus = shown.stream().filter(run -> run.experiment.equals(first.experiment())).mapToInt(run -> run.log.plateau()).summaryStatistics();
        var atOnce = plateaus.getCount() == 0 ? "" : plateaus.getMin() == plateaus.getMax() ? "" + plateaus.getMin()
                : plateaus.getMin() + " to " + plateaus.getMax();
        return row("[%s](#%s)".formatted(first.number(), first.number().toLowerCase(Locale.ROOT)), first.title(), atOnce,
                "%d of %d".formatted(claims.stream().filter(claim -> claim.verdict() == Lab.Verdict.HOLDS).count(), claims.size()));
    }

    /** One experiment: question, expectation, method, what was seen, verdict. */
    private void section(StringBuilder text, List<Judged> claims) {
        var first = claims.getFirst().first();
        var runs = byRun().values().stream().filter(run -> run.getFirst().experiment.equals(first.experiment())).toList();
        text.append("\n<a id=\"%s\"></a>\n\n## %s: %s\n\n".formatted(first.number().toLowerCase(Locale.ROOT), first.number(), first.title()));
        if (!runs.isEmpty()) {
            var manifest = runs.getFirst().getFirst().manifest;
            text.append("**Question.** %s\n\n**Expectation.** %s\n\n".formatted(manifest.question(), manifest.expectation()));
            text.append("**Method.** %s:\n\n```\n".formatted(manifest.server().isEmpty() ? "In the lab's own process"
                    : manifest.stop() != null ? "All requests at once, and SIGTERM two and a half task times after the last answer"
                    : "After " + manifest.warmUp()));
            runs.stream().map(run -> run.getFirst().manifest).flatMap(each -> Stream.of(each.server(), each.client())).filter(line -> !line.isEmpty())
                    .forEach(line -> text.append(line.replaceAll("class:\\S+", "'$0'")).append('\n')); // quoted, for the shell would take the $
            if (runs.stream().anyMatch(run -> run.getFirst().manifest.server().contains("class:")))
                text.append("# class: names one of the experiment's own, which jbang experiments/%s.java has on its class path\n"
                        .formatted(first.experiment()));
            text.append("```\n\n**What was seen.**\n\n");
        }
        if (claims.stream().anyMatch(claim -> !claim.first().entry("framework").isEmpty())) {
            text.append("![How many tasks each framework runs at once](atlas.svg)\n\n").append(Atlas.table(firsts())).append('\n');
        }
        var pair = besideFastApi(first.experiment());
        if (!pair.isEmpty()) {
            text.append("Ours above, FastAPI below:\n\n![The same on ours and on FastAPI, one bar a task](%1$s/beside-fastapi-lanes.svg)\n\n"
                    .formatted(first.experiment()));
            text.append("To zoom in: [both](%1$s/beside-fastapi-lanes.html).\n\n".formatted(first.experiment()));
        }
        if (!LogLog.panels(claims.stream().map(Judged::first).toList()).isEmpty())
            text.append("![What the runs took, by their number of requests](%s/log-log.svg)\n\n".formatted(first.experiment()));
        for (var run : runs) {
            var one = run.getFirst();
            var link = one.link(folder);
            text.append(
                    "**%s**%s ([lanes](%3$s-lanes.html) and [in flight](%3$s-in-flight.html) to zoom in, [events](%4$s))\n\n".formatted(one.name,
                            one.model.isPresent() ? ", predicted by `" + one.manifest.predicted() + "`" : "", link,
                            folder.relativize(Run.events(folder.resolve(link))).toString().replace('\\', '/')));
            var lanesTell = analyze.lanes(one.log).rows() <= analyze.MOST_REQUEST_LANES && !pair.contains(one.log); // more cannot be told apart
            if (runs.size() < MANY_RUNS && lanesTell) text.append("![A bar a task, from start to end](%s-lanes.svg)\n\n".formatted(link));
            if (runs.size() < MANY_RUNS || one.model.isPresent())
                text.append("![Tasks in flight over time, measured and predicted](%s-in-flight.svg)\n\n".formatted(link));
        }
        if (hasLateness(first.experiment())) {
            text.append(
                    "![Lateness of the runs, and the parts of the spread](%1$s/all-lateness.svg)\n\nTo zoom in: [lateness](%1$s/all-lateness.html).\n\n"
                            .formatted(first.experiment()));
        }
        if (!runs.isEmpty()) {
            var names = runs.stream().flatMap(run -> run.getFirst().figures.keySet().stream()).distinct().toList();
            text.append("**Figures.** An empty cell was not measured.\n\n");
            text.append(row(Stream.concat(Stream.of(""), runs.stream().map(run -> run.getFirst().name))))
                    .append(row(Stream.concat(Stream.of("---"), runs.stream().map(_ -> "---:"))));
            names.forEach(name -> text.append(row(Stream.concat(Stream.of(name.matches("(spread|late).*") ? name + " [ms]" : name),
                    runs.stream().map(run -> figure(run, name))))));
            runs.stream().flatMap(List::stream).forEach(run -> doubts(run).forEach(doubt -> text.append("\n**Doubt.** ").append(doubt).append('\n')));
        }
        text.append("\n**Verdict.**\n\n");
        for (var claim : claims) {
            text.append("* %s. %s\n".formatted(claim.first().sentence(), claim.sentence()));
            claim.outcomes.stream().map(outcome -> outcome.entry("answer")).filter(answer -> !answer.isEmpty()).distinct()
                    .forEach(answer -> text.append("  ").append(answer).append('\n'));
        }
    }

    /** Why a reader should not trust a run. */
    private static List<String> doubts(Shown run) {
        var doubts = new ArrayList<String>();
        var machine = run.manifest.machine();
        var late = run.log.figures();
        if (machine.loadAverage() > machine.cpus()) {
            doubts.add("When the run `%s` began, the machine was busy: a load average of %s on %d CPUs.".formatted(run.name, machine.loadAverage(),
                    machine.cpus()));
        }
        if (late.getOrDefault("late: max", 0.0) > Math.max(50, 20 * late.getOrDefault("late: median", 0.0))) {
            doubts.add("In the run `%s` a task was late by %s ms, where the median was %s ms: something else held the machine up.".formatted(run.name,
                    analyze.number(late.get("late: max")), analyze.number(late.get("late: median"))));
        }
        if (Math.abs(run.manifest.stepOfTheClockMillis()) > 100) {
            doubts.add("During the run `%s` the wall clock was set by %s ms. Differences are exact all the same.".formatted(run.name,
                    analyze.number(run.manifest.stepOfTheClockMillis())));
        }
        return doubts;
    }

    private static String seconds(analyze.Log log) {
        return analyze.number(Math.round(log.seconds(log.steps().getLast().at()) * 10) / 10.0);
    }

    private static String row(String... cells) {
        return row(Stream.of(cells));
    }

    private static String row(Stream<String> cells) {
        return cells.map(cell -> cell.replace("|", "\\|").replace('\n', ' ')).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** The same content as one file that needs no other, but for the pages that it links to. */
    private String html(String markdown) throws IOException {
        var tables = List.of(TablesExtension.create());
        var body = HtmlRenderer.builder().extensions(tables).build().render(Parser.builder().extensions(tables).build().parse(markdown));
        var pictures = Pattern.compile("src=\"([^\"]+\\.svg)\"").matcher(body);
        var text = new StringBuilder();
        while (pictures.find()) {
            var svg = Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve(pictures.group(1))));
            pictures.appendReplacement(text, "src=\"data:image/svg+xml;base64," + svg + "\"");
        }
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="UTF-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>How many background tasks does a web server run at once, and why?</title>
                <style>
                :root { color-scheme: light dark }
                body { font: 17px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
                h1, h2 { line-height: 1.2 } h2 { margin-top: 3rem }
                img { display: block; width: 100%%; max-width: 52rem; height: auto }
                table { display: block; overflow-x: auto; border-collapse: collapse; font-size: 0.9em }
                th, td { text-align: left; vertical-align: top; padding: 0.3em 0.8em 0.3em 0; border-bottom: 1px solid #8884 }
                td[align=right], th[align=right] { text-align: right }
                th { vertical-align: bottom } td:nth-child(2):not([align]) { min-width: 11em }
                pre { overflow-x: auto; padding: 0.8em; background: #8882; border-radius: 6px; font-size: 0.85em }
                </style>
                </head>
                <body>
                %s</body>
                </html>
                """.formatted(pictures.appendTail(text));
    }

    // ---- Comparing two folders

    /** Which claims agree, and which figures differ and by how much: this folder's on the left, the other's on the right. */
    String compare(Notebook other) {
        var text = new StringBuilder("Left: %s%nRight: %s%n%n".formatted(folder, other.folder));
        var right = other.judged().stream()
                .collect(Collectors.toMap(claim -> claim.first().experiment() + claim.first().sentence(), Function.identity()));
        for (var claim : judged()) {
            var match = right.remove(claim.first().experiment() + claim.first().sentence());
            var same = match != null && match.verdict() == claim.verdict();
            text.append("%-9s %s  %s: %s%n".formatted(same ? "agree" : match == null ? "only left" : "DIFFER", claim.first().number(),
                    claim.first().sentence(),
                    same ? claim.word() : claim.sentence() + (match == null ? "" : " | " + match.sentence())));
        }
        right.values().forEach(
                claim -> text.append("%-9s %s  %s: %s%n".formatted("only right", claim.first().number(), claim.first().sentence(), claim.word())));
        text.append("%nMedians and ranges; spread and lateness in milliseconds.%n%-44s %-16s %26s %26s %12s%n".formatted(
                "run", "figure", "left", "right", "right - left"));
        byRun().forEach((name, run) -> {
            var match = other.byRun().getOrDefault(name, List.of());
            if (match.isEmpty()) return;
            for (var figure : run.getFirst().figures.keySet()) {
                if (values(match, figure).length == 0) continue;
                var difference = median(values(match, figure)) - median(values(run, figure));
                if (difference != 0) text.append("%-44s %-16s %26s %26s %12s%n".formatted(name, figure, figure(run, figure), figure(match, figure),
                        (difference > 0 ? "+" : "") + analyze.number(difference)));
            }
        });
        return text.toString();
    }
}
