import module java.base;
import picocli.CommandLine;
import picocli.CommandLine.*;

/** Says in one line what went wrong around a command, such as a file that is not there: exit code 1. */
record Failure(String program) implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult typed) throws Exception {
        if (!(failure instanceof IOException)) throw failure; // a bug
        command.getErr().println(program + ": " + Messages.problem(failure));
        return 1;
    }
}
