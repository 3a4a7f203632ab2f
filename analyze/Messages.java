import module java.base;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a command says when something is wrong: a line or two, exit code 1 or 2. */
final class Messages {

    private Messages() {}

    /** What went wrong, with a file's name; the message of some exceptions is that name alone. */
    static String problem(Throwable failure) {
        return switch (failure) {
            case OutOfMemoryError _ ->
                "the log is too large for the memory; give more (jbang -R=-Xmx8g analyze.java …) "
                        + "or ask DuckDB, as the README shows";
            case UncheckedIOException e -> problem(e.getCause());
            case NoSuchFileException e -> e.getFile() + " does not exist and cannot be made";
            // Pictures.write makes NAME.ID.half first
            case AccessDeniedException e ->
                e.getFile().replaceFirst("\\.[\\da-f-]+\\.half$", "") + ": permission denied";
            case DirectoryNotEmptyException e -> e.getFile() + " is a folder, not a file";
            case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
            case FileSystemException e -> e.toString();
            default -> failure.getMessage();
        };
    }

    /** Says what is wrong with a command line, and no more: all of its help would push that off the screen. */
    static int wrongUsage(ParameterException wrong, String... typed) {
        var command = wrong.getCommandLine();
        command.getErr().println(wrong.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(wrong, command.getErr()))
            command.getErr().printf("Try '%s --help'.%n", command.getCommandSpec().qualifiedName());
        return 2;
    }
}
