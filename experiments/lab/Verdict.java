import module java.base;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * All that a lesson's page says, as data: {@code verdict.json} in the lesson's folder. Pages, index, comparison and terminal are made from it.
 *
 * @param lesson      the name of its class: E02_ThePoolSizeCapsSyncTasks
 * @param command     what repeats it, with the options that were given
 * @param repetitions how often everything was measured; files and pictures are those of the first time
 */
record Verdict(String lesson, String title, String question, String expectation, String command, int repetitions,
        List<Judged> claims, List<Measured> runs, List<Shown> pictures, Manifest.Machine machine) {

    /** One claim: a sentence that runs show to be true or false, with an outcome a repetition. */
    record Judged(String sentence, String article, String expected, List<Outcome> outcomes) {

        /** It holds if it held every time. */
        Result result() {
            return outcomes.stream().map(Outcome::result).max(Comparator.naturalOrder()).orElse(Result.notTested);
        }

        Outcome first() {
            return outcomes.getFirst();
        }
    }

    /** From the best to the worst. */
    enum Result {
        holds, notTested, doesNotHold;

        String word() {
            return switch (this) {
                case holds -> "holds";
                case notTested -> "not tested";
                case doesNotHold -> "does not hold";
            };
        }
    }

    /**
     * What one repetition says to a claim.
     *
     * @param seen    what was seen, or why nothing was
     * @param answer  one or more sentences with the numbers; empty if there are none
     * @param figures more that was seen, a row of the page's table; values are for people
     * @param missing how to get what was missing where the claim was not tested: a command; else empty
     */
    record Outcome(Result result, String seen, String answer, SequencedMap<String, String> figures, String missing) {}

    /**
     * One run of the lesson.
     *
     * @param name    of its files: NAME.csv or NAME.csv.gz, NAME.json, NAME.predicted.csv, NAME-timeline.svg, NAME-in-flight.svg
     * @param events  the file's name, packed or not
     * @param server  the command that starts the server; empty if there is none
     * @param client  the command or sentence that says what requests were sent
     * @param figures by their names (times in ms), the values of all repetitions; a figure that a repetition lacks is left out there
     * @param doubts  sentences: why a reader should not trust it
     */
    record Measured(String name, String title, String events, String server, String client, boolean predicted,
            SequencedMap<String, List<Double>> figures, List<String> doubts) {}

    /** A picture of the page, in the lesson's folder, without its ending: FILE.svg, and FILE.html to zoom in; the first is the most telling. */
    record Shown(String file, String caption, boolean cover) {}

    static final String FILE = "verdict.json";
    static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    /** E02 of E02_ThePoolSizeCapsSyncTasks. */
    String number() {
        return lesson.replaceFirst("_.*", "");
    }

    long count(Result result) {
        return claims.stream().filter(claim -> claim.result() == result).count();
    }

    /** Claims that were tested here. */
    long tested() {
        return claims.size() - count(Result.notTested);
    }

    /** The lessons that a folder of results holds, in the order of their numbers. */
    static List<Verdict> all(Path folder) throws IOException {
        if (!Files.isDirectory(folder))
            throw new IOException(folder + " is no folder of results; jbang lab makes results/latest");
        try (var files = Files.list(folder)) {
            var verdicts = new ArrayList<Verdict>();
            for (var lesson : files.filter(file -> Files.exists(file.resolve(FILE))).sorted().toList())
                verdicts.add(read(lesson));
            if (verdicts.isEmpty()) throw new IOException(folder + " holds no lesson; jbang lab makes results/latest");
            return verdicts;
        }
    }

    static Verdict read(Path folder) throws IOException {
        return JSON.readValue(folder.resolve(FILE).toFile(), Verdict.class);
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(this) + "\n");
    }

    /** The same with the outcomes and figures of the other repetitions of an older verdict, as far as its claims and runs are the same. */
    Verdict withRepetitionsOf(Verdict old) {
        var judged = claims.stream()
                .map(claim -> old.claims.stream().filter(other -> other.sentence.equals(claim.sentence)).findFirst()
                        .map(other -> new Judged(claim.sentence, claim.article, claim.expected,
                                afterFirst(claim.outcomes, other.outcomes)))
                        .orElse(claim))
                .toList();
        var measured = runs.stream()
                .map(run -> old.runs.stream().filter(other -> other.name.equals(run.name)).findFirst().map(other -> {
                    var figures = new LinkedHashMap<>(run.figures);
                    figures.replaceAll(
                            (name, values) -> afterFirst(values, other.figures.getOrDefault(name, List.of())));
                    return new Measured(run.name, run.title, run.events, run.server, run.client, run.predicted,
                            figures, run.doubts);
                }).orElse(run)).toList();
        return new Verdict(lesson, title, question, expectation, command, old.repetitions, judged, measured, pictures,
                machine);
    }

    private static <T> List<T> afterFirst(List<T> first, List<T> all) {
        return Stream.concat(first.stream().limit(1), all.stream().skip(1)).toList();
    }

    /** The middle value, or the mean of the two in the middle. */
    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }
}
