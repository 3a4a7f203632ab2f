import module java.base;

/** What the names of files say: which are logs, which are parts of one log, and which part is the older one. */
final class Names {

    private Names() {}

    /** my.log, my.log.1, my.log.2.gz, my.log-20240514, my.log.2024-05-14.0, my.csv.gz, my.predicted.csv, your.jfr. */
    private static final Pattern NAME = Pattern
            .compile("(?si)(.*?)(\\.predicted)?\\.(log|csv|jfr)(?:[._-](\\d[\\d_.-]*|old|bak))?(\\.gz)?");
    /** my-20240514, my.2024-05-14.0, my.2024-05-14_08: the date before the ending. */
    private static final Pattern DATED = Pattern
            .compile("(?s)(.+?)[._-]((?:19|20)\\d\\d-?[01]\\d-?[0-3]\\d(?:[_.-][\\d_.-]*)?)");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** The parts of a file's name; none if it is not named like a log. */
    private static Optional<MatchResult> parts(Path file) {
        return match(NAME, String.valueOf(file.getFileName()));
    }

    private static Optional<MatchResult> match(Pattern pattern, String name) {
        var found = pattern.matcher(name);
        return found.matches() ? Optional.of(found.toMatchResult()) : Optional.empty();
    }

    /** Whether it is named like a log; a prediction is not. */
    static boolean isLog(Path file) {
        return parts(file).isPresent() && !isPrediction(file);
    }

    static boolean isPrediction(Path file) { return parts(file).map(name -> name.group(2)).isPresent(); }

    /** A file's name without its endings, for its pictures. */
    static String name(Path file) {
        return parts(file).map(name -> name.group(1)).orElse(String.valueOf(file.getFileName()));
    }

    static String names(List<Path> files) {
        return files.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(", "));
    }

    static Path full(Path path) { return path.toAbsolutePath().normalize(); }

    static Path run(Path file) { return full(file).resolveSibling(name(file)); } // of a log or a prediction

    /**
     * The log that a file is, or is a part of. my-2024-05-13.log is a part of my.log if that exists; else it is a log
     * of its own, for two runs may be named by date.
     */
    static Path log(Path file, Predicate<Path> exists) {
        return parts(file).flatMap(name -> match(DATED, name.group(1))
                .map(dated -> file.resolveSibling(dated.group(1) + "." + name.group(3)))).filter(exists)
                .orElse(base(file));
    }

    private static Path base(Path file) {
        return parts(file).map(name -> file.resolveSibling(name.group(1) + "." + name.group(3))).orElse(file);
    }

    /** Which part of its log a file is: 1, old, 2024-05-14.0; empty if it is the log itself. */
    static String part(Path file, Path log) {
        return base(file).equals(log) ? parts(file).map(name -> name.group(4)).orElse("")
                : match(DATED, name(file)).map(dated -> dated.group(2)).orElse("");
    }

    /** my.log.2 is older than my.log.1. Dates, and the numbers after one, count forwards: 10 comes after 2. */
    static Comparator<Path> oldestFirst(Path log) {
        Function<Path, String> part = file -> part(full(file), log);
        return Comparator.comparing(part.andThen(String::isEmpty))
                .thenComparing(part.andThen(Names::age), Comparator.reverseOrder())
                .thenComparing(part.andThen(Names::sortable)).thenComparing(Path::toString);
    }

    private static int age(String part) {
        return part.matches("\\d{1,3}") ? Integer.parseInt(part) : Integer.MAX_VALUE;
    }

    private static String sortable(String part) { // with as many digits in each number
        return NUMBER.matcher(part)
                .replaceAll(number -> "0".repeat(Math.max(0, 20 - number.group().length())) + number.group());
    }
}
