import module java.base;

/**
 * Where a log comes from: a file, or several into which it was rotated, the oldest first; any of them may be packed. A
 * pipe is copied into a file first.
 *
 * @param file    the one that people mean by it, of which pictures and messages have their name
 * @param remarks what a reader should know of the files
 */
record Source(Path file, List<Path> parts, List<String> remarks) {

    private static final int HEAD = 1 << 16; // bytes that tell what a file is

    static boolean exists(Path file) { return file.toString().equals("-") || Files.exists(file); }

    /** A log in one file; a remark names what it was rotated into and what is not read. */
    static Source of(Path file) throws IOException {
        if (isPipe(file)) return piped(file);
        var log = Names.log(Names.full(file), Files::exists);
        if (!Names.isLog(file) || !Names.part(Names.full(file), log).isEmpty()) return alone(file);
        try (var files = Files.list(log.getParent())) {
            var others = files.filter(other -> Names.isLog(other) && Names.log(other, Files::exists).equals(log))
                    .filter(other -> !Names.part(other, log).isEmpty()).sorted(Names.oldestFirst(log)).toList();
            if (others.isEmpty()) return alone(file);
            var name = file.getFileName().toString();
            var all = others.stream().allMatch(other -> other.getFileName().toString().startsWith(name));
            return new Source(file, List.of(file), List.of(
                    "Other parts of this log lie beside it and were not read (%s): to read all, name %s."
                            .formatted(Names.names(others), all ? name + "*" : "them, too")));
        } catch (AccessDeniedException hidden) { // then the other files of its folder stay unknown
            return alone(file);
        }
    }

    private static Source alone(Path file) { return new Source(file, List.of(file), List.of()); }

    private static Source piped(Path file) throws IOException {
        if (!exists(file)) throw missing(file);
        var copy = temporary(".log");
        try (var in = open(file)) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        return new Source(named(file), List.of(copy), List.of());
    }

    static IOException missing(Path path) {
        return new IOException(path + " does not exist; name a log or a folder of logs");
    }

    static boolean isPipe(Path file) { return isStandardInput(file) || !Files.isRegularFile(file); } // read only once

    private static boolean isStandardInput(Path file) { return Set.of("-", "/dev/stdin").contains(file.toString()); }

    /** What pictures and messages call it. */
    static Path named(Path file) {
        return !isPipe(file) ? file : Path.of(isStandardInput(file) ? "stdin" : "pipe-" + file.getFileName());
    }

    /** The bytes of a log or a pipe as they come. */
    static InputStream open(Path file) throws IOException {
        return isStandardInput(file) ? System.in : Files.newInputStream(file);
    }

    /** A file for as long as this program runs. */
    static Path temporary(String ending) throws IOException {
        var file = Files.createTempFile("analyze", ending);
        file.toFile().deleteOnExit();
        return file;
    }

    /**
     * The logs among these files, in the order in which the first of each comes; files into which one log was rotated
     * are one, and a prediction belongs to its run.
     */
    static List<Source> of(Collection<Path> files) throws IOException {
        var runs = files.stream().filter(Names::isLog).map(Names::run).collect(Collectors.toSet());
        var named = files.stream().map(Names::full).collect(Collectors.toSet());
        var groups = new LinkedHashMap<Path, Map<Path, Path>>(); // of a file named in two ways, the first is taken
        for (var file : files) if (!Names.isPrediction(file) || !runs.contains(Names.run(file)))
            groups.computeIfAbsent(Names.log(Names.full(file), named::contains), _ -> new HashMap<>())
                    .putIfAbsent(Names.full(file), file);
        var sources = new ArrayList<Source>();
        for (var group : groups.entrySet()) {
            var parts = group.getValue().values().stream().sorted(Names.oldestFirst(group.getKey())).toList();
            var rotated = !Names.part(Names.full(parts.getFirst()), group.getKey()).isEmpty();
            if (parts.size() == 1 || !rotated)
                for (var part : parts) sources.add(of(part));
            else sources
                    .add(new Source(parts.getLast(), parts, List.of("It is read from %d files, the oldest first: %s."
                            .formatted(parts.size(), Names.names(parts)))));
        }
        return sources;
    }

    /** The logs in a folder; what holds tasks but is not named like a log is passed over. */
    static List<Path> folder(Path folder, Consumer<Path> passOver) throws IOException {
        var all = files(folder, passOver).sorted().toList();
        var logs = all.stream().filter(Names::isLog).toList();
        var runs = logs.stream().map(Names::run).collect(Collectors.toSet());
        var others = all.stream().filter(file -> !Names.isLog(file) && !Names.isPrediction(file))
                .filter(file -> file.getFileName().toString().matches("(?si).*(log|out|err|txt|console|csv|tsv).*"))
                .filter(file -> file.toString().matches("(?si).*\\.log\\..*") || Csv.begins(file)
                        || !runs.contains(Names.full(Path.of(file.toString().replaceFirst("\\.\\w+$", ""))))
                                && Lines.holdsAnEnd(file))
                .toList();
        if (logs.isEmpty() && others.isEmpty())
            throw new IOException(folder + " holds no log (*.log, *.csv or *.jfr, rotated or packed as *.gz)");
        others.forEach(passOver);
        return logs;
    }

    /** The files below a folder, also while others write there; a folder in it that cannot be read is passed over. */
    static Stream<Path> files(Path folder, Consumer<Path> passOver) throws IOException {
        var files = Stream.<Path>builder();
        try (var entries = Files.newDirectoryStream(folder)) {
            for (var entry : entries) try {
                if (Files.isRegularFile(entry)) files.add(entry);
                else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) files(entry, passOver).forEach(files);
            } catch (NoSuchFileException gone) { // others delete here
            } catch (IOException hidden) {
                passOver.accept(entry);
            }
        } catch (DirectoryIteratorException broken) {
            throw broken.getCause();
        }
        return files.build();
    }

    // ---- Bytes and letters

    /** The bytes of a part, unpacked if they are packed, whatever its name. */
    static BufferedInputStream bytes(Path part) throws IOException {
        var bytes = new BufferedInputStream(Files.newInputStream(part), HEAD);
        return isPacked(head(bytes, 2)) ? new BufferedInputStream(new GZIPInputStream(bytes, HEAD), HEAD) : bytes;
    }

    static boolean isPacked(byte[] head) { return Arrays.equals(head, new byte[]{31, (byte) 139}); } // by gzip

    static byte[] head(BufferedInputStream bytes, int length) throws IOException {
        bytes.mark(HEAD);
        var head = bytes.readNBytes(length);
        bytes.reset();
        return head;
    }

    /** The letters of a part: UTF-8, or UTF-16 if its byte order mark or a zero beside its first letter says so. */
    static BufferedReader text(Path part) throws IOException {
        var bytes = bytes(part);
        var length = head(bytes, 2).length;
        var head = Arrays.copyOf(head(bytes, 3), 3);
        var mark = length < 2 ? 0x2020 : (head[0] & 255) << 8 | head[1] & 255;
        var utf8 = mark == 0xEFBB && head[2] == (byte) 0xBF;
        bytes.skipNBytes(utf8 ? 3 : mark == 0xFEFF || mark == 0xFFFE ? 2 : 0);
        var charset = mark == 0xFEFF || mark > 0 && mark < 0x100 ? StandardCharsets.UTF_16BE
                : mark == 0xFFFE || mark > 0 && mark % 0x100 == 0 ? StandardCharsets.UTF_16LE
                : StandardCharsets.UTF_8;
        return new BufferedReader(new InputStreamReader(bytes, charset), HEAD);
    }

    /** The first line of a part, or its beginning, for it may be as long as a recording. */
    static String firstLine(Path part) throws IOException {
        try (var text = text(part)) {
            var start = new char[1 << 12];
            var length = Math.max(0, text.read(start));
            return new String(start, 0, length).lines().findFirst().orElse("");
        }
    }

    /** The n-th line of a part, counted from 1; shortened, for messages. */
    static String line(Path part, long n) throws IOException {
        try (var lines = text(part)) {
            var line = lines.lines().skip(n - 1).findFirst().orElse("");
            return line.length() <= 200 ? line : line.substring(0, 200) + "…";
        }
    }
}
