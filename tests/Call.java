import module java.base;
import picocli.CommandLine;

/** A command called in this process: its exit code, and what it printed through its {@link CommandLine}. */
record Call(int exitCode, List<String> out, List<String> err) {

    static Call of(CommandLine command, Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        var exitCode = command.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        return new Call(exitCode, out.toString().lines().toList(), err.toString().lines().toList());
    }
}
