import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import javax.tools.*;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The house")
class HouseTest {

    static final Path HOUSE = Proc.house();

    @TempDir
    Path folder;

    @TempDir
    static Path all;

    /** Files of a folder whose names match, as paths from the house, without results, Git's and others' modules. */
    static List<Path> files(String folder, String pattern) throws IOException {
        return Source.files(HOUSE.resolve(folder), _ -> {}).map(HOUSE::relativize)
                .filter(file -> !file.toString().matches("(results|\\.git)/.*|.*node_modules.*"))
                .filter(file -> file.getFileName().toString().matches(pattern)).sorted().toList();
    }

    static int lines(Collection<Path> files) throws IOException {
        var lines = 0;
        for (var file : files) lines += Files.readAllLines(HOUSE.resolve(file)).size();
        return lines;
    }

    @Test
    @DisplayName("Lines of Java end before column 120")
    void columns() throws IOException {
        for (var file : files("", ".*\\.java"))
            for (var line : Files.readAllLines(HOUSE.resolve(file)))
                assertTrue(line.codePointCount(0, line.length()) < 120, file + ": " + line);
    }

    @Test
    @DisplayName("The machinery has no more lines than the lessons and the peers")
    void machinery() throws IOException {
        var machinery = lines(files("experiments/lab", ".*\\.java")) + lines(List.of(Path.of("experiments/lab.java"),
                Path.of("experiments/peers/Contract.java")));
        var served = lines(files("experiments", "E\\d+_.*\\.java"))
                + lines(files("experiments/peers", "(?!Contract).*\\.(java|js|py)"));
        assertTrue(machinery <= served, "%d lines serve %d".formatted(machinery, served));
    }

    @ParameterizedTest(name = "{0}/{1}: at most {2} lines")
    @CsvSource({"experiments/lab, .*\\.java, 200", "analyze, .*\\.java, 199", "experiments, E\\d+_.*\\.java, 110",
            "'', server\\.java, 550", "'', client\\.java, 200", "'', analyze\\.java, 199"})
    void sizes(String folder, String pattern, int most) throws IOException {
        assertFalse(files(folder, pattern).isEmpty());
        for (var file : files(folder, pattern)) assertTrue(lines(List.of(file)) <= most, file::toString);
    }

    static Stream<Path> lessons() throws IOException {
        return files("experiments", "E\\d+_.*\\.java").stream();
    }

    static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();
    static final StandardJavaFileManager FILES = JAVAC.getStandardFileManager(null, null, null); // has read the JDK
    static final Set<Path> LAB = new LinkedHashSet<>(); // what all lessons name, compiled once

    @BeforeAll
    static void compileLab() throws IOException {
        add(HOUSE.resolve("experiments/lab/Experiment.java"), LAB);
        compile(LAB, libraries(), all);
    }

    @ParameterizedTest(name = "{0} compiles from the files that it names")
    @MethodSource("lessons")
    void compiles(Path lesson) throws IOException {
        var sources = new LinkedHashSet<Path>();
        add(HOUSE.resolve(lesson), sources);
        assertTrue(sources.containsAll(LAB), sources::toString);
        sources.removeAll(LAB);
        compile(sources, all + File.pathSeparator + libraries(), folder);
    }

    @ParameterizedTest(name = "bench/{0}.java compiles from the files that it names")
    @ValueSource(strings = {"logs", "waiting"})
    void tools(String name) throws IOException {
        var sources = new LinkedHashSet<Path>();
        add(HOUSE.resolve("experiments/bench/" + name + ".java"), sources);
        compile(sources, libraries(), folder);
    }

    private static String libraries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).equals(Lab.here())).collect(Collectors.joining(File.pathSeparator));
    }

    /** Compiles these files, and no other that they mention. */
    private static void compile(Set<Path> sources, String classPath, Path to) throws IOException {
        var nothing = Files.createDirectories(all.resolve("nothing")).toString();
        var options = List.of("-XDignore.symbol.file", "-proc:none", "-nowarn", "-sourcepath", nothing, "-cp",
                classPath, "-d", to.toString());
        var complaints = new StringWriter();
        assertTrue(JAVAC.getTask(complaints, FILES, null, options, null, FILES.getJavaFileObjectsFromPaths(sources))
                .call(), complaints::toString);
    }

    /** A file and what it names, and what that names. */
    private static void add(Path file, Set<Path> sources) {
        if (!sources.add(file.normalize())) return;
        try {
            for (var line : Files.readAllLines(file))
                if (line.startsWith("//SOURCES "))
                    for (var source : line.substring(10).strip().split(" +"))
                        add(file.resolveSibling(source), sources);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
