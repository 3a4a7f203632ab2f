import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.*;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every option of every command, with values that cannot be right. */
@DisplayName("Command lines")
class CommandLinesTest {

    /** What a command needs besides, so that the option in question is what is wrong. */
    static final Map<String, List<String>> NEEDED = Map.of("client.java", List.of("1", "1"), "predict",
            List.of("--requests", "1", "--threads", "1"), "compare", List.of("a", "b"));

    static Stream<CommandLine> commands() {
        return Stream.of(Server.commandLine(), Client.commandLine(), Analyze.commandLine(), Lab.commandLine(),
                Bench.commandLine());
    }

    static Stream<Arguments> options() {
        return commands().flatMap(command -> Stream.concat(Stream.of(List.of(command)), command.getSubcommands()
                .values().stream().map(sub -> List.of(command, sub)))).flatMap(path -> path.getLast().getCommandSpec()
                        .options().stream().filter(option -> option.arity().max() > 0)
                        .map(option -> Arguments.of(path.getLast().getCommandName(), option.longestName(), path,
                                option)));
    }

    @ParameterizedTest(name = "{0} {1}: a value that is missing, of a wrong kind or too large is named, exit code 2")
    @MethodSource("options")
    void option(String command, String name, List<CommandLine> path, OptionSpec option) {
        refused(path, List.of(name), name);
        var type = option.type();
        if (type == String.class || type == Path.class || type == File.class) return; // anything is one
        for (var value : Stream.of("x", "", "1x", "99999999999", "99999999999999999s", "--nope")
                .filter(value -> !value.isEmpty() || type == int.class).toList())
            refused(path, List.of(name, value), name);
    }

    private static void refused(List<CommandLine> path, List<String> wrong, String name) {
        var command = path.getLast().getCommandName();
        var arguments = new ArrayList<String>();
        if (path.size() > 1) arguments.add(command);
        arguments.addAll(NEEDED.getOrDefault(command, List.of()));
        arguments.removeAll(List.of(name)); // a required option stands there once
        if (wrong.size() > 1 && command.equals("predict")) arguments.clear();
        if (path.size() > 1 && arguments.isEmpty()) arguments.add(command);
        arguments.addAll(wrong);
        var call = Call.of(path.getFirst(), arguments.toArray());
        assertEquals(2, call.exitCode(), () -> arguments + " " + call);
        var said = call.err().getFirst();
        assertTrue(said.contains(name) || said.contains(wrong.getLast()), () -> arguments + ": " + said);
        assertFalse(said.matches(".*\\b(int|long|java\\.|\\w*Exception|URI|Duration)\\b.*"),
                () -> arguments + ": " + said);
        assertTrue(call.err().stream().noneMatch(line -> line.startsWith("\tat ")), call.err()::toString);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', value = {
            "--port -1 | Invalid value for option '--port': '-1' is not a whole number from 0 to 65535",
            "--port 65536 | Invalid value for option '--port': '65536' is not a whole number from 0 to 65535",
            "--tasks 0 | Invalid value for option '--tasks': '0' is not a whole number from 1 to 999999999",
            "--task-time -1s | Invalid value for option '--task-time': '-1s' is not a time from 0s to a year; "
                    + "write 3s, 250ms, 1m or PT3S",
            "--port x | Invalid value for option '--port': 'x' is not a whole number from 0 to 65535",
            "--nope | Unknown option: '--nope'"})
    void server(String arguments, String message) {
        var call = Call.of(Server.commandLine(), (Object[]) arguments.split(" "));
        assertEquals(2, call.exitCode());
        assertEquals(message, call.err().getFirst());
    }

    @ParameterizedTest(name = "Below what is allowed: {0}")
    @ValueSource(strings = {"Client 1 0", "Client 1 -1", "Client 1 1 --concurrency 0", "Client 1 1 --concurrency -1",
            "Analyze --pid -1 --method A::b", "Analyze --pid 0 --method A::b", "Analyze --expect 0",
            "Analyze --expect -1", "Analyze --task-time 0s", "Analyze --for -1s",
            "Lab --runs 0", "Lab --runs -1", "Lab --task-time 0s", "Lab predict --requests 0 --threads 1",
            "Lab predict --requests 1 --threads -1", "Lab predict --requests 1 --threads 1 --tasks 0",
            "Bench --rounds 0", "Bench --seconds -1", "Bench --warm-up -1"})
    void range(String typed) {
        var words = typed.split(" ");
        var command = switch (words[0]) {
            case "Client" -> Client.commandLine();
            case "Analyze" -> Analyze.commandLine();
            case "Lab" -> Lab.commandLine();
            default -> Bench.commandLine();
        };
        var call = Call.of(command, (Object[]) Arrays.copyOfRange(words, 1, words.length));
        assertEquals(2, call.exitCode(), call::toString);
        assertFalse(call.err().getFirst().contains("Exception"), call::toString);
    }

    @ParameterizedTest(name = "Options that need or exclude each other: {0}")
    @CsvSource(delimiter = '|', value = {"Analyze --for 3s | --for needs --pid",
            "Analyze --pid 1 | --pid needs --method, such as com.example.Mailer::send",
            "Analyze --pid 1 --method A::b my.log | --pid takes neither a log nor --follow",
            "Analyze --pid 1 --method A::b --follow | --pid takes neither a log nor --follow",
            "Client 1 1 --poisson | --poisson needs a --rate, such as --rate 50/s",
            "Client 1 1 --rate 50/s --seed 7 | --seed needs --poisson"})
    void alone(String typed, String message) {
        var words = typed.split(" ");
        var command = words[0].equals("Client") ? Client.commandLine() : Analyze.commandLine();
        var call = Call.of(command, (Object[]) Arrays.copyOfRange(words, 1, words.length));
        assertEquals(2, call.exitCode(), call::toString);
        assertEquals(message, call.err().getFirst());
    }

    @Test
    @DisplayName("A request too large to predict is refused, with the help of that command")
    void predict() {
        var call = Call.of(Lab.commandLine(), "predict", "--requests", 999_999_999, "--threads", 1);
        assertEquals(2, call.exitCode());
        assertTrue(call.err().getLast().endsWith(" predict --help'."), call.err()::toString);
    }

    @ParameterizedTest(name = "--follow with [{0}]: exit code 2")
    @ValueSource(strings = {"", "tests", "- -", "a.log b.log"})
    void follow(String files) {
        var words = ("--follow " + files).strip().split(" ");
        var call = Call.of(Analyze.commandLine(), (Object[]) words);
        assertEquals(2, call.exitCode(), call::toString);
        assertEquals("--follow needs one log, or - for standard input", call.err().getFirst());
    }

    @Test
    @DisplayName("--follow with a log that does not exist: exit code 1")
    void followNothing() {
        var call = Call.of(Analyze.commandLine(), "--follow", "nope.log");
        assertEquals(1, call.exitCode(), call::toString);
        assertEquals(List.of("analyze: nope.log does not exist; name a log or a folder of logs"), call.err());
    }
}
