import module java.base;

/** Makes a verdict from what repetitions of a lesson left. */
final class Verdicts {

    private Verdicts() {}

    /** The first repetition is the one whose files are kept. */
    static Verdict of(String command, List<Laboratory.Taken> taken, Manifest.Machine machine) {
        var first = taken.getFirst();
        var type = first.lesson().getClass();
        var lesson = type.getAnnotation(Lesson.class);
        var claims = first.claims().stream().map(claim -> new Verdict.Judged(claim.sentence(), claim.claim().article(),
                claim.claim().expected(), taken.stream().flatMap(each -> each.claims().stream())
                        .filter(each -> each.sentence().equals(claim.sentence())).map(Laboratory.Decided::outcome)
                        .toList()))
                .toList();
        var runs = first.lesson().runs.stream().filter(Run::there).map(run -> measured(run, first.folder(), taken))
                .toList();
        var pictures = first.drawings().stream()
                .map(drawing -> new Verdict.Shown(drawing.file(), drawing.caption(), drawing.cover())).toList();
        var measuredOn = first.lesson().runs.stream().filter(Run::there).map(run -> run.manifest().machine())
                .findFirst().orElse(machine);
        return new Verdict(type.getName(), lesson.title(), lesson.question(), lesson.expectation(), command,
                taken.size(), claims, runs,
                pictures, measuredOn);
    }

    private static Verdict.Measured measured(Run run, Path folder, List<Laboratory.Taken> taken) {
        var figures = new LinkedHashMap<String, List<Double>>();
        for (var each : taken) {
            each.lesson().runs.stream().filter(other -> other.name.equals(run.name) && other.there()).findFirst()
                    .ifPresent(other -> figures(other).forEach(
                            (name, value) -> figures.computeIfAbsent(name, _ -> new ArrayList<>()).add(value)));
        }
        var manifest = run.manifest();
        return new Verdict.Measured(run.name, run.toString(), run.events(folder).getFileName().toString(),
                manifest.server(),
                manifest.client(), run.prediction().isPresent(), figures, doubts(run));
    }

    /** What a run shows in numbers; times in milliseconds. */
    private static SequencedMap<String, Double> figures(Run run) {
        var log = run.log();
        var figures = new LinkedHashMap<String, Double>();
        figures.put("requests", (double) log.requests());
        figures.put("tasks", (double) log.tasks().rowCount());
        figures.put("threads", (double) log.threads());
        figures.put("highest", (double) log.highest());
        figures.put("plateau", (double) log.plateau());
        figures.put("makespan [ms]", log.makespan() / 1e3);
        for (var index : new TreeSet<>(log.tasks().intColumn("task").asSet()))
            figures.put("spread of task %d [ms]".formatted(index), log.spread(index) / 1e3);
        put(figures, "lateness", log.lateness());
        put(figures, "wait in the queue", log.waits());
        run.prediction().map(prediction -> Deviation.of(log, prediction)).ifPresent(deviation -> {
            figures.put("deviation: in flight", (double) deviation.inFlight());
            figures.put("deviation: end [ms]", deviation.endMillis());
        });
        figures.putAll(run.manifest().figures());
        figures.replaceAll((_, value) -> Math.round(value * 1_000) / 1e3);
        return figures;
    }

    private static void put(Map<String, Double> figures, String name, double[] ascending) {
        if (ascending.length == 0) return;
        figures.put(name + ", median [ms]", ascending[(ascending.length - 1) / 2]);
        figures.put(name + ", p99 [ms]", ascending[Math.ceilDiv(99 * ascending.length, 100) - 1]);
        figures.put(name + ", max [ms]", ascending[ascending.length - 1]);
    }

    /** Why a reader should not trust a run. */
    private static List<String> doubts(Run run) {
        var busy = run.manifest().busy();
        return busy <= 0.5 ? List.of()
                : List.of("When the run began, other programs used %.0f %% of the CPUs.".formatted(100 * busy));
    }
}
