///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Tests what the scripts promise, and the claims with short tasks
//JAVA 25+
//SOURCES ../experiments/lab.java
//SOURCES Script.java
//SOURCES TestExecutors.java
//SOURCES X*.java
//SOURCES *Test.java
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow
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

    static void main(String... args) {
        System.exit(new CommandLine(new Tests()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Run.taskTime = Duration.ofMillis(300);
        Run.results = Lab.house().resolve("results").resolve("tests");
        Run.progress = false;
        var chosen = Lab.classes("E\\d+_\\w+|\\w+Test").stream().filter(test -> names.stream().anyMatch(test::startsWith)).toList();
        var results = Lab.execute(chosen, Run.results, claim -> {
            System.out.printf("%s  %s: %s%n", claim.holds() ? "ok    " : "FAILED", claim.experiment(), claim.sentence());
            if (!claim.holds()) claim.failure().ifPresent(failure -> failure.printStackTrace(System.out));
        });
        var passed = results.stream().filter(Lab.Claim::holds).count();
        System.out.printf("%d passed, %d failed%n", passed, results.size() - passed);
        return passed == results.size() && passed > 0 ? 0 : 1;
    }
}
