import module java.base;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * All that a lesson's page says, as data: {@code verdict.json} in the lesson's folder. Pages, index, comparison and
 * terminal are made from it.
 *
 * @param lesson  the name of its class: E02_ThePoolSizeCapsSyncTasks
 * @param command what repeats it, with the options that were given
 */
record Verdict(String lesson, String title, String question, String expectation, String command, List<Judged> claims,
        List<Measured> runs, List<Shown> pictures, Manifest.Machine machine) {

    /** From the best to the worst. */
    enum Result {
        holds("holds"), notTested("not tested"), doesNotHold("does not hold");

        final String word;

        Result(String word) { this.word = word; }
    }

    /**
     * What one repetition says to a claim.
     *
     * @param seen    what was seen, or why nothing was
     * @param answer  one or more sentences with the numbers; empty if there are none
     * @param figures more that was seen, a row of the page's table; values are for people
     * @param missing what to install where the claim could not be tested for the lack of it; null if nothing lacked
     */
    record Outcome(Result result, String seen, String answer, SequencedMap<String, String> figures,
            Missing missing) {}

    /** A peer that is not installed, and the command that installs it; empty if there is none. */
    record Missing(String peer, String command) {}

    /** One claim: a sentence that runs show to be true or false, with an outcome a repetition. */
    record Judged(String sentence, String article, String expected, List<Outcome> outcomes) {

        /** It holds if it held every time. */
        Result result() {
            return outcomes.stream().map(Outcome::result).max(Comparator.naturalOrder()).orElse(Result.notTested);
        }

        Outcome first() { return outcomes.getFirst(); }

        private List<Outcome> with(Predicate<Result> results) {
            return outcomes.stream().filter(outcome -> results.test(outcome.result)).toList();
        }

        /** "12", or over several repetitions "12; also 11"; empty if it was never tested. */
        String seen() {
            return also(with(result -> result != Result.notTested).stream().map(Outcome::seen));
        }

        /** The first outcome that says why it was not tested. */
        Outcome reason() {
            return with(result -> result == Result.notTested).getFirst();
        }

        /** "; held in 4 of 5 repetitions" over several repetitions; else empty. */
        String times() {
            return outcomes.size() == 1 || seen().isEmpty() ? ""
                    : "; held in %d of %d repetitions".formatted(with(Result.holds::equals).size(), outcomes.size());
        }

        /** "expected 12, saw 11". */
        String difference() {
            return (expected.isBlank() ? "" : "expected " + expected + ", ") + "saw " + seen() + times();
        }
    }

    /**
     * One run of the lesson.
     *
     * @param name     of its files: NAME.csv or NAME.csv.gz, NAME.json, NAME.predicted.csv, NAME-timeline.svg
     * @param events   the file's name, packed or not
     * @param server   the command that starts the server; empty if there is none
     * @param client   the command or sentence that says what requests were sent
     * @param pictures of this run: "timeline" of NAME-timeline.svg and .html, …
     * @param figures  by their names (times in ms), the values of all repetitions that have it
     * @param doubts   sentences: why a reader should not trust it
     */
    record Measured(String name, String title, String events, String server, String client, List<String> pictures,
            SequencedMap<String, List<Double>> figures, List<String> doubts) {}

    /** A picture of the page: FILE.svg, and FILE.html to zoom in; the first is the most telling. */
    record Shown(String file, String caption) {}

    static final String FILE = "verdict.json";
    static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    /** E02 of E02_ThePoolSizeCapsSyncTasks. */
    String number() { return lesson.replaceFirst("_.*", ""); }

    List<Judged> claims(Result result) {
        return claims.stream().filter(claim -> claim.result() == result).toList();
    }

    /** How often everything was measured. */
    int repetitions() {
        return claims.isEmpty() ? 1 : claims.getFirst().outcomes.size();
    }

    /** With outcomes and figures of another verdict after its own, from that repetition on; 1: itself is a replay. */
    Verdict and(Verdict other, int from) {
        var judged = claims.stream().map(claim -> new Judged(claim.sentence, claim.article, claim.expected,
                Stream.concat(claim.outcomes.stream(), other.claims.stream()
                        .filter(its -> its.sentence.equals(claim.sentence))
                        .flatMap(its -> its.outcomes.stream().skip(from))).toList()))
                .toList();
        for (var run : runs) for (var its : other.runs) if (its.name.equals(run.name))
            its.figures.forEach((name, values) -> values.stream().skip(from)
                    .forEach(value -> run.figures.computeIfAbsent(name, _ -> new ArrayList<>()).add(value)));
        return new Verdict(lesson, title, question, expectation, command, judged, runs, pictures,
                from == 0 ? machine : other.machine);
    }

    /** The lessons that a folder of results holds, in the order of their numbers. */
    static List<Verdict> all(Path folder) throws IOException {
        if (!Files.isDirectory(folder))
            throw new IOException(folder + " is no folder of results; jbang lab makes results/latest");
        try (var files = Files.list(folder)) {
            var verdicts = new ArrayList<Verdict>();
            for (var lesson : files.sorted().toList()) try {
                verdicts.add(read(lesson));
            } catch (FileNotFoundException e) { // no lesson, or another lab is just replacing it
                if (Files.exists(lesson.resolve(FILE))) throw e;
            }
            if (verdicts.isEmpty()) throw new IOException(folder + " holds no lesson; jbang lab makes results/latest");
            return verdicts;
        }
    }

    /** Reads the verdict.json of a lesson's folder; an IOException says what is wrong with it. */
    static Verdict read(Path folder) throws IOException {
        return JSON.readValue(folder.resolve(FILE).toFile(), Verdict.class);
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(this) + "\n");
    }

    /** The middle value, or the mean of the two in the middle. */
    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    static String also(Stream<String> values) {
        return values.distinct().collect(Collectors.joining("; also "));
    }
}
