///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Tests what the scripts promise, and the claims with short tasks
//JAVA 25+
//SOURCES ../experiments/lab.java
//SOURCES ../experiments/bench.java
//SOURCES Script.java
//SOURCES TestExecutors.java
//SOURCES X*.java
//SOURCES *Test.java
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -Dslf4j.provider=org.slf4j.nop.NOPServiceProvider -Dslf4j.internal.verbosity=WARN
//MAIN Tests

/*
 * Question     Do the scripts do what they promise, and do the article's claims hold, with tasks of 300 ms?
 * Expectation  Yes. The last line says how many tests passed and how many failed.
 * Run it       jbang test, or jbang test ServerTest E02
 */

import module java.base;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "test", mixinStandardHelpOptions = true, version = "1.0",
        description = "Runs the tests and, with short tasks, the experiments. Reports go to results/tests/.")
class Tests implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "ServerTest, E02 or any beginning of a name; without one, all.")
    List<String> names = List.of("");
    @Spec
    CommandLine.Model.CommandSpec spec;

    static void main(String... args) {
        System.exit(new CommandLine(new Tests()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Run.taskTime = Duration.ofMillis(300);
        Run.watchedTaskTimes = 2;
        Run.results = Lab.house().resolve("results").resolve("tests");
        var chosen = Lab.classes("[EP]\\d+_\\w+|\\w+Test").stream().filter(test -> names.stream().anyMatch(test::startsWith)).toList();
        if (chosen.isEmpty()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "There is no test %s. There are: %s".formatted(String.join(" ", names),
                    String.join(", ", Lab.classes("[EP]\\d+_\\w+|\\w+Test"))));
        }
        Run.progress = false;
        var claims = Lab.execute(chosen, Run.results.resolve("junit"), (_, ofOneClass) -> ofOneClass.forEach(Tests::say));
        var counts = claims.stream().collect(Collectors.groupingBy(Lab.Claim::verdict, Collectors.counting()));
        var passed = counts.getOrDefault(Lab.Verdict.HOLDS, 0L);
        var failed = counts.getOrDefault(Lab.Verdict.DOES_NOT_HOLD, 0L);
        var skipped = counts.getOrDefault(Lab.Verdict.NOT_TESTED, 0L);
        System.out.printf("%d passed, %d failed%s%n", passed, failed, skipped > 0 ? ", %d skipped".formatted(skipped) : "");
        return passed > 0 && failed == 0 ? 0 : 1;
    }

    private static void say(Lab.Claim claim) {
        System.out.printf("%-7s %s: %s%n", switch (claim.verdict()) {
            case HOLDS -> "ok";
            case DOES_NOT_HOLD -> "FAILED";
            case NOT_TESTED -> "skipped";
        }, claim.experiment(), claim.sentence());
        if (claim.verdict() == Lab.Verdict.NOT_TESTED) System.out.println("        " + claim.seen());
        else claim.failure().ifPresent(failure -> failure.printStackTrace(System.out));
    }
}
