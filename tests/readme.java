///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Fills the README's tables and the catalog's aliases from the reference, or checks that they are filled
//JAVA 25+
//SOURCES ../experiments/lab/Experiment.java
//SOURCES ../experiments/bench.java
//MAIN Readme

/*
 * Question     Do the README's tables and the catalog's aliases say what the reference says?
 * Expectation  Yes; if not, jbang tests/readme.java makes it so.
 * Run it       jbang tests/readme.java --check
 *
 * The check knows only lessons that the reference has, so that adding a lesson never fails it.
 */

import module java.base;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "readme.java", mixinStandardHelpOptions = true, version = "1.0",
        description = "Fills README.md, the benchmark's page and jbang-catalog.json from results/reference.")
class Readme implements Callable<Integer> {

    private static final Path REFERENCE = Path.of("results/reference");
    private static final Pattern PLACE = Pattern.compile("(?s)(<!-- (\\w+): [^>]*-->\n).*?(<!-- end -->)");

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "The repository (default: this one).")
    Path house = Proc.house();
    @Option(names = "--check", description = "Change nothing; say what differs, and exit with 1 if anything does.")
    boolean check;
    @Spec
    CommandLine.Model.CommandSpec spec;

    static CommandLine commandLine() {
        return new CommandLine(new Readme()).setExecutionExceptionHandler(new Failure("readme"));
    }

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        System.exit(commandLine().execute(args));
    }

    @Override
    public Integer call() throws IOException {
        var verdicts = Verdict.all(house.resolve(REFERENCE));
        var readme = house.resolve("README.md");
        var catalog = house.resolve("jbang-catalog.json");
        var same = put(readme, filled(Files.readString(readme), verdicts));
        var inTheReference = verdicts.stream().map(Verdict::lesson).collect(Collectors.toSet());
        same &= put(catalog, aliases(Files.readString(catalog), lesson -> !check || inTheReference.contains(lesson)));
        var bench = house.resolve(REFERENCE).resolve("bench");
        if (Files.exists(bench.resolve(Speed.FILE)))
            same &= put(bench.resolve("README.md"), Speed.read(bench).page());
        return same || !check ? 0 : 1;
    }

    /** Writes a file that should read so, or with --check says that it does not. */
    private boolean put(Path file, String content) throws IOException {
        if (content.equals(Files.readString(file))) return true;
        if (!check) Files.writeString(file, content);
        spec.commandLine().getOut()
                .println(check ? "%s differs from the reference; jbang tests/readme.java makes it anew"
                        .formatted(file.getFileName()) : "written: " + file);
        return false;
    }

    /** The README with all places filled for which the reference has something. */
    private String filled(String readme, List<Verdict> verdicts) throws IOException {
        var tables = new HashMap<String, String>();
        tables.put("lessons", Index.table(verdicts, REFERENCE + "/"));
        var atlas = verdicts.stream().filter(verdict -> verdict.claims().stream()
                .anyMatch(claim -> claim.first().figures().containsKey("framework"))).findFirst();
        if (atlas.isPresent()) {
            tables.put("atlas", LessonPage.figures(atlas.get()));
            tables.put("plateaus", plateaus(atlas.get()));
        }
        var bench = house.resolve(REFERENCE).resolve("bench");
        if (Files.exists(bench.resolve(Speed.FILE))) tables.put("bench", Speed.read(bench).markdown());
        return PLACE.matcher(readme)
                .replaceAll(place -> Matcher.quoteReplacement(!tables.containsKey(place.group(2)) ? place.group()
                        : place.group(1) + tables.get(place.group(2)) + place.group(3)));
    }

    /** The atlas turned round: which framework has which plateau, and what decides it, by what the peers say. */
    private String plateaus(Verdict atlas) throws IOException {
        var abouts = new ArrayList<Peer.About>();
        for (var run : atlas.runs()) {
            var about = Manifest.read(house.resolve(REFERENCE).resolve(atlas.lesson()).resolve(run.name() + ".json"))
                    .about();
            if (about != null) abouts.add(about);
        }
        abouts.sort(Comparator.comparing(Peer.About::plateau, Comparator.nullsLast(Comparator.naturalOrder())));
        var rows = abouts.stream()
                .map(about -> List.of(about.plateau() == null ? "no plateau" : "" + about.plateau(),
                        about.peer(), about.decidedBy()));
        return Markdown.table(
                Stream.concat(Stream.of(List.of("you see", "it may be", "what decides it")), rows).toList(),
                false);
    }

    /** The catalog with an alias for each of these lessons that has a file; all others stay as they are. */
    private String aliases(String catalog, Predicate<String> lessons) throws IOException {
        var tree = (ObjectNode) Verdict.JSON.readTree(catalog);
        try (var files = Files.list(house.resolve("experiments"))) {
            for (var file : files.filter(each -> each.getFileName().toString().matches("E\\d+_\\w+\\.java")).sorted()
                    .toList()) {
                var lesson = file.getFileName().toString().replace(".java", "");
                if (!lessons.test(lesson)) continue;
                var description = Proc.first(file, "(?m)^//DESCRIPTION (.*)$").orElse(lesson);
                tree.withObject("/aliases").putObject(lesson.replaceFirst("_.*", ""))
                        .put("script-ref", "experiments/" + lesson + ".java")
                        .put("description", description);
            }
        }
        var printer = new DefaultPrettyPrinter(
                Separators.createDefaultInstance().withObjectEntrySpacing(Separators.Spacing.NONE)
                        .withObjectFieldValueSpacing(Separators.Spacing.AFTER));
        return Verdict.JSON.writer(printer).writeValueAsString(tree) + "\n";
    }
}
