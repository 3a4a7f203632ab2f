import module java.base;

/** Makes the verdict of a lesson that was measured once. */
final class Verdicts {

    private Verdicts() {}

    static Verdict of(Experiment lesson, String command, List<Verdict.Judged> claims, List<Verdict.Shown> pictures) {
        var about = lesson.getClass().getAnnotation(Lesson.class);
        var there = lesson.runs.stream().filter(Run::there).toList();
        var machine = there.stream().map(run -> run.manifest().machine()).findFirst().orElseGet(Manifest.Machine::now);
        return new Verdict(lesson.getClass().getName(), about.title(), about.question(), about.expectation(), command,
                claims, there.stream().map(Verdicts::measured).toList(), pictures, machine);
    }

    private static Verdict.Measured measured(Run run) {
        var manifest = run.manifest();
        var pictures = new ArrayList<>(List.of("timeline", "in-flight"));
        if (Lateness.isWorthAPicture(run.log())) pictures.add("lateness");
        var doubts = manifest.busy() <= 0.5 ? List.<String>of()
                : List.of("When the run began, other programs used %.0f %% of the CPUs.".formatted(
                        100 * manifest.busy()));
        return new Verdict.Measured(run.name, run.title, run.events().getFileName().toString(), manifest.server(),
                manifest.client(), pictures, figures(run), doubts);
    }

    /** What a run shows in numbers; times in milliseconds. */
    private static SequencedMap<String, List<Double>> figures(Run run) {
        var log = Figures.of(run.log());
        var figures = new LinkedHashMap<String, Double>();
        figures.put("requests", (double) log.requests());
        figures.put("tasks", (double) log.tasks());
        figures.put("threads", (double) log.threads());
        figures.put("highest", (double) log.highest());
        figures.put("plateau", (double) log.plateau());
        figures.put("makespan [ms]", log.makespanMillis());
        log.spreadMillis().forEach((index, spread) -> figures.put("spread of task " + index + " [ms]", spread));
        put(figures, "lateness", log.latenessMillis());
        put(figures, "wait in the queue", log.waitMillis());
        run.prediction.map(prediction -> Deviation.of(run.log(), prediction)).ifPresent(deviation -> {
            figures.put("deviation: in flight", (double) deviation.inFlight());
            figures.put("deviation: end [ms]", deviation.endMillis());
        });
        figures.putAll(run.manifest().figures());
        var lists = new LinkedHashMap<String, List<Double>>();
        figures.forEach((name, value) -> lists.put(name, new ArrayList<>(List.of(Math.round(value * 1e3) / 1e3))));
        return lists;
    }

    private static void put(Map<String, Double> figures, String name, Figures.Percentiles values) {
        if (values == null) return;
        figures.put(name + ", median [ms]", values.median());
        figures.put(name + ", p99 [ms]", values.p99());
        figures.put(name + ", max [ms]", values.max());
    }
}
