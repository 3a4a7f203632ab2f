import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("./jbang, and what is run by it")
class JbangTest {

    static final Path HOUSE = Proc.house();
    static final String JBANG = HOUSE.resolve("jbang").toString();
    static final String PATH = System.getenv("PATH");

    @TempDir
    Path folder;

    @TempDir
    static Path cache; // so that scripts from temporary folders leave nothing in JBang's own

    @TempDir
    static Path copies; // of server.java and client.java, each alone in a folder; built once for all tests

    @BeforeAll
    static void copy() throws IOException {
        for (var name : List.of("server", "client"))
            Files.copy(HOUSE.resolve(name + ".java"), Files.createDirectories(copies.resolve(name))
                    .resolve(name + ".java"));
    }

    /** Starts the copy; whichever test is first sees it built, so each looks at what was said. */
    Script startCopy(String name, Map<String, String> environment, String... arguments) throws IOException {
        var command = Stream.concat(Stream.of(JBANG, name + ".java"), Stream.of(arguments)).toArray(String[]::new);
        return start(copies.resolve(name), cache, environment, command);
    }

    // ---- A jbang on the PATH

    @Test
    @DisplayName("A jbang on the PATH is used as it is: arguments reach it unchanged, its exit code comes back")
    void jbangOnThePath() throws Exception {
        script(folder.resolve("jbang"), "printf '<%s>\\n' \"$@\"; exit 7");
        var arguments = List.of("a b", "it's", "say \"hi\"", "", "*", "$HOME `id` \\n", "--port", "-- x");
        var command = Stream.concat(Stream.of(JBANG), arguments.stream()).toArray(String[]::new);
        try (var jbang = start(Map.of("PATH", folder + ":" + PATH), command)) {
            assertEquals(7, jbang.exitCode());
            assertEquals(arguments.stream().map("<%s>"::formatted).toList(), jbang.out());
            assertEquals(List.of(), jbang.err());
        }
    }

    @Test
    @DisplayName("A folder or a plain file called jbang on the PATH is none")
    void noJbangOnThePath() throws Exception {
        Files.createDirectories(folder.resolve("a/jbang"));
        Files.writeString(Files.createDirectories(folder.resolve("b")).resolve("jbang"), "no program");
        runs(Map.of("PATH", folder.resolve("a") + ":" + folder.resolve("b") + ":" + PATH), JBANG);
    }

    @Test
    @DisplayName("./jbang itself on the PATH is found by its name and does not call itself for ever")
    void itselfOnThePath() throws Exception {
        runs(Map.of("PATH", HOUSE + ":" + PATH), "sh", "-c", "exec jbang \"$@\"", "sh");
    }

    @Test
    @DisplayName("The ./jbang of two clones, both on the PATH, do not call each other for ever")
    void twoOnThePath() throws Exception {
        var one = Files.copy(Path.of(JBANG), Files.createDirectories(folder.resolve("one")).resolve("jbang"));
        var two = Files.copy(Path.of(JBANG), Files.createDirectories(folder.resolve("two")).resolve("jbang"));
        runs(Map.of("PATH", one.getParent() + ":" + two.getParent() + ":" + PATH), one.toString());
    }

    // ---- From anywhere

    @Test
    @DisplayName("It works from another folder")
    void fromAnotherFolder() throws Exception {
        runs(Map.of(), JBANG);
    }

    @Test
    @DisplayName("It works through a symbolic link of another name, with spaces in its path")
    void throughALink() throws Exception {
        var copy = Files.copy(Path.of(JBANG), folder.resolve("jbang"));
        var link = Files.createSymbolicLink(Files.createDirectories(folder.resolve("a link")).resolve("jb"), copy);
        runs(Map.of("PATH", folder + ":" + PATH), link.toString());
    }

    @Test
    @DisplayName("It works as a copy in a folder with spaces and quotes in its name, which is on the PATH")
    void copied() throws Exception {
        var copy = Files.copy(Path.of(JBANG),
                Files.createDirectories(folder.resolve("it's \"a\" copy")).resolve("jbang"));
        runs(Map.of("PATH", copy.getParent() + ":" + PATH), copy.toString());
    }

    @Test
    @DisplayName("Two at once do not disturb each other")
    void twoAtOnce() throws Exception {
        try (var one = start(Map.of(), JBANG, "version"); var two = start(Map.of(), JBANG, "version")) {
            assertEquals(List.of(0, 0), List.of(one.exitCode(), two.exitCode()), () -> "" + one.err() + two.err());
            assertEquals(one.out(), two.out());
        }
    }

    // ---- What it passes through

    @Test
    @DisplayName("A script's wrong usage comes back as exit code 2")
    void exitCode() throws Exception {
        try (var server = startCopy("server", Map.of(), "--port", "99999")) {
            assertEquals(2, server.exitCode(), server.err()::toString);
            assertTrue(withoutJbang(server.err()).getFirst()
                    .startsWith("Invalid value for option '--port': '99999' is not"), server.err()::toString);
        }
    }

    @Test
    @DisplayName("Arguments, standard input, both outputs and the exit code of a script pass through")
    void passesThrough() throws Exception {
        Files.writeString(folder.resolve("echo.java"), """
                class echo {
                    static void main(String... arguments) throws java.io.IOException {
                        for (var argument : arguments) System.out.println("<" + argument + ">");
                        System.in.transferTo(System.out);
                        System.out.flush();
                        System.err.println("said");
                        System.exit(arguments.length);
                    }
                }
                """);
        try (var echo =
                Script.command(folder, environment(cache, Map.of()), JBANG, "echo.java", "a b", "it's",
                        "\"x\" $HOME *")) {
            try (var input = echo.process.outputWriter()) {
                input.write("one\ntwo\n");
            }
            assertEquals(3, echo.exitCode(), echo.err()::toString);
            assertEquals(List.of("<a b>", "<it's>", "<\"x\" $HOME *>", "one", "two"), echo.out());
            assertEquals(List.of("said"), withoutJbang(echo.err()));
        }
    }

    @Test
    @DisplayName("A signal reaches the script: the server drains and ends with exit code 0")
    void signal() throws Exception {
        try (var server = startCopy("server", Map.of(), "--port", "0")) {
            server.awaitErr("INFO: +Listening on (.*) \\(Press CTRL\\+C to quit\\)");
            server.signal("TERM");
            assertEquals(0, server.exitCode(), server.err()::toString);
            assertTrue(withoutJbang(server.err()).stream().allMatch(line -> line.startsWith("INFO: ")),
                    server.err()::toString);
        }
    }

    @Test
    @DisplayName("With neither JBang nor Maven it says in one message what to install and how, exit code 1")
    void nothingThere() throws Exception {
        var bin = Files.createDirectories(folder.resolve("bin"));
        for (var tool : List.of("dirname", "sed", "readlink", "xargs")) {
            var found = Stream.of(PATH.split(":")).map(place -> Path.of(place, tool)).filter(Files::isExecutable)
                    .findFirst();
            script(bin.resolve(tool), "exec " + found.orElseThrow() + " \"$@\"");
        }
        try (var jbang = start(Map.of(), "env", "-i", "PATH=" + bin, "HOME=" + folder,
                "JAVA_HOME=" + System.getProperty("java.home"),
                JBANG, "version")) {
            assertEquals(1, jbang.exitCode());
            assertEquals(List.of(), jbang.out());
            assertEquals("jbang: found neither JBang nor Maven, which would fetch it.", jbang.err().getFirst());
            assertEquals(2, jbang.err().size(), jbang.err()::toString);
            for (var help : List.of("https://www.jbang.dev", "Maven and a JDK 25", "apt install maven",
                    "brew install maven")) {
                assertTrue(jbang.err().getLast().contains(help), jbang.err()::toString);
            }
        }
    }

    // ---- Machines unlike ours

    /** A program that says how it was called, in place of java or mvn. */
    private static void says(Path program, String more) throws IOException {
        Files.createDirectories(program.getParent());
        script(program, "echo \"" + program.getFileName() + " $*\" >>\"" + program + ".said\"; " + more);
    }

    @Test
    @DisplayName("A JDK in a folder with a space and an apostrophe, found on the PATH through links, is read by its "
            + "file \"release\", also where readlink follows no chain")
    void oddJdk() throws Exception {
        var jdk = Files.createDirectories(folder.resolve("Jane's own/jdk"));
        says(jdk.resolve("bin/java"), "echo 'echo ran'; exit 255");
        says(jdk.resolve("bin/javac"), "echo javac 17");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.3\"\n");
        var bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("javac"), Path.of("second"));
        Files.createSymbolicLink(bin.resolve("second"), jdk.resolve("bin/javac"));
        script(bin.resolve("readlink"), "[ $# = 1 ] && exec /usr/bin/readlink \"$1\"; exit 1");
        try (var jbang = start(Map.of("PATH", bin + ":" + PATH, "JAVA_HOME", ""), JBANG, "x.java")) {
            assertEquals(0, jbang.exitCode(), jbang.err()::toString);
            assertEquals(List.of("ran"), jbang.out());
        }
        assertTrue(Files.exists(jdk.resolve("bin/java.said")), "its java was started");
        assertFalse(Files.exists(jdk.resolve("bin/javac.said")), "javac is not needed to tell a version");
    }

    @Test
    @DisplayName("Options for every JVM, and for JBang's own, change nothing that a user sees")
    void javaOptions() throws Exception {
        runs(Map.of("JAVA_TOOL_OPTIONS", "-Dx=y", "JBANG_JAVA_OPTIONS", "-Dx=y -Xmx300m"), JBANG);
    }

    @Test
    @DisplayName("HOME is where Maven keeps what it fetches, also where the system's list of users has another folder")
    void otherHome() throws Exception {
        assertTrue(fakeMaven(List.of("HOME=" + folder)).contains("-Duser.home=" + folder));
    }

    @ParameterizedTest(name = "HOME {0}: JBang and Maven get a folder that they can write to")
    @ValueSource(strings = {"unset", "missing"})
    void noHome(String how) throws Exception {
        var said = fakeMaven(how.equals("unset") ? List.of("-u", "HOME") : List.of("HOME=" + folder.resolve("none")));
        assertTrue(said.contains("-Duser.home=" + folder + "/jbang-"), said);
    }

    @Test
    @DisplayName("A proxy that the environment names reaches Maven")
    void proxy() throws Exception {
        var said = fakeMaven(List.of("HOME=" + folder, "http_proxy=http://one:81/", "https_proxy=two:82"));
        assertTrue(
                said.contains("-Dhttp.proxyHost=one -Dhttp.proxyPort=81 -Dhttps.proxyHost=two -Dhttps.proxyPort=82"),
                said);
    }

    @ParameterizedTest(name = "The proxy {0} is {1}")
    @CsvSource({"http://user:p@ss@one:81, one 81", "one, one 80", "https://one/, one 443", "http://one:/, one 80",
            "http://[::1], [::1] 80", "http://[::1]:81, [::1] 81"})
    void address(String address, String hostAndPort) throws Exception {
        var said = fakeMaven(List.of("HOME=" + folder, "https_proxy=", "HTTPS_PROXY=" + address));
        var expected = hostAndPort.split(" ");
        assertTrue(said.contains("-Dhttps.proxyHost=%s -Dhttps.proxyPort=%s ".formatted((Object[]) expected)), said);
    }

    @Test
    @DisplayName("Capitals name a proxy where small letters do not; no_proxy says what is reached without it")
    void noProxy() throws Exception {
        var said = fakeMaven(List.of("HOME=" + folder, "http_proxy=one:81", "HTTP_PROXY=two:82", "HTTPS_PROXY=two:82",
                "https_proxy=", "no_proxy=", "NO_PROXY=.a.org, b.org,.c"));
        assertTrue(said.contains("-Dhttp.proxyHost=one -Dhttp.proxyPort=81 -Dhttps.proxyHost=two"), said);
        assertTrue(said.contains("-Dhttp.nonProxyHosts=a.org|*.a.org|b.org|*.b.org|c|*.c "), said);
    }

    @Test
    @DisplayName("JBang fetches libraries through that proxy, too")
    void libraries() throws Exception {
        Files.writeString(folder.resolve("x.java"), "//%s a:b:1\nclass x {}\n".formatted("DEPS"));
        try (var proxy = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            var environment = Map.of("https_proxy", "http://127.0.0.1:" + proxy.getLocalPort(), "no_proxy", "",
                    "NO_PROXY", "", "JBANG_REPO", folder.resolve("repo").toString());
            try (var jbang = start(environment, JBANG, "x.java")) {
                proxy.setSoTimeout(180_000); // as Script waits
                try (var asked = proxy.accept()) {
                    var line = new BufferedReader(new InputStreamReader(asked.getInputStream())).readLine();
                    assertTrue(line.startsWith("CONNECT "), line);
                }
                proxy.close(); // then it gives up
                assertNotEquals(0, jbang.exitCode());
            }
        }
    }

    @ParameterizedTest(name = "Half a jar, of a download that was broken off, is fetched anew; {0}")
    @ValueSource(strings = {"what is whole then, runs", "what has another digest then, is refused"})
    void halfAJar(String then) throws Exception {
        var path = ".m2/repository/dev/jbang/jbang-cli/0.132.1/jbang-cli-0.132.1-all.jar";
        var whole = Stream.of(System.getProperty("user.home"), System.getenv("HOME")).map(home -> Path.of(home, path))
                .filter(Files::exists).findFirst();
        Assumptions.assumeTrue(whole.isPresent(), "Maven keeps its repository elsewhere");
        var jar = folder.resolve(path);
        Files.createDirectories(jar.getParent());
        Files.writeString(jar, "half a jar");
        var bin = Files.createDirectories(folder.resolve("bin"));
        script(bin.resolve("mvn"), then.endsWith("runs") ? "cp '" + whole.get() + "' '" + jar + "'"
                : "echo another >'" + jar + "'");
        var environment = Map.of("HOME", "" + folder, "PATH", bin + ":" + PATH);
        if (then.endsWith("runs")) runs(environment, JBANG);
        else try (var jbang = start(environment, JBANG, "version")) {
            assertEquals(1, jbang.exitCode());
            assertTrue(jbang.err().get(1).matches("jbang: Maven could not fetch JBang [\\d.]+ \\(SHA-256 "
                    + "[0-9a-f]{64}, not [0-9a-f]{64}\\).*"), jbang.err()::toString);
        }
    }

    @Test
    @DisplayName("Without a network, what ran once runs again")
    void noNetwork() throws Exception {
        for (var more : List.of(Map.<String, String>of(),
                Map.of("http_proxy", "http://127.0.0.1:9", "https_proxy", "http://127.0.0.1:9"))) {
            try (var client = startCopy("client", more, "--version")) {
                assertEquals(0, client.exitCode(), client.err()::toString);
                assertEquals(List.of("1.0"), client.out());
                assertEquals(List.of(), withoutJbang(client.err()));
            }
        }
    }

    /** What Maven was told by its environment, in an environment of these changes. */
    private String fakeMaven(List<String> environment) throws Exception {
        var bin = Files.createDirectories(folder.resolve("bin"));
        script(bin.resolve("mvn"), "echo \"$MAVEN_OPTS\n$*\" >>" + folder + "/told; exit 1");
        var command = Stream.of(List.of("env"), environment, List.of("TMPDIR=" + folder, "PATH=" + bin + ":" + PATH,
                JBANG, "version")).flatMap(List::stream).toArray(String[]::new);
        try (var jbang = start(Map.of(), command)) {
            assertEquals(1, jbang.exitCode());
            assertTrue(jbang.err().get(0).startsWith("jbang: fetching JBang "), jbang.err()::toString);
            assertTrue(jbang.err().get(1).startsWith("jbang: Maven could not fetch JBang"), jbang.err()::toString);
        }
        return Files.readString(folder.resolve("told"));
    }

    @Test
    @DisplayName("The client starts from a cache, which prints nothing; one that is damaged is made anew")
    void startCache() throws Exception {
        var caches = new ArrayList<String>();
        for (var run = 0; run < 3; run++) {
            try (var client = startCopy("client", Map.of(), "--version")) {
                assertEquals(0, client.exitCode(), client.err()::toString);
                assertEquals(List.of("1.0"), client.out());
                assertEquals(List.of(), withoutJbang(client.err()));
            }
            try (var files = Files.walk(cache)) {
                var all = files.filter(file -> file.toString().matches(".*/client\\.jar(\\.\\d+-\\d+){2}\\.aot"))
                        .toList();
                assertEquals(1, all.size(), all::toString);
                caches.add(Files.getLastModifiedTime(all.getFirst()) + "");
                if (run == 1) Files.write(all.getFirst(), new byte[20_000_000]); // damaged in its whole length
            }
        }
        assertEquals(caches.get(0), caches.get(1), "used again");
        assertNotEquals(caches.get(1), caches.get(2));
    }

    @Test
    @DisplayName("A server that never says that it listens starts all the same: the run that makes its cache ends")
    void silentServer() throws Exception {
        Files.writeString(folder.resolve("server.java"), """
                %sDEPS info.picocli:picocli:4.7.7
                class Server {
                    static void main(String... args) throws Exception {
                        System.out.println("it runs");
                        if (args.length == 0) return;
                        new java.io.File("trained").createNewFile(); // with --port 0
                        Thread.sleep(Long.MAX_VALUE);
                    }
                }
                """.formatted("//"));
        try (var server = start(folder, cache, Map.of(), JBANG, "server.java")) {
            assertEquals(0, server.exitCode(), server.err()::toString);
            assertEquals(List.of("it runs"), server.out());
            assertTrue(Files.exists(folder.resolve("trained")));
        }
    }

    // ---- The scripts stand alone

    @ParameterizedTest(
            name = "{0}.java, copied alone into an empty folder, runs and says nothing of its own on standard error")
    @ValueSource(strings = {"server", "client"})
    void alone(String name) throws Exception {
        try (var script = startCopy(name, Map.of(), "--help")) {
            assertEquals(0, script.exitCode(), script.err()::toString);
            assertTrue(script.out().getFirst().startsWith("Usage: " + name + ".java "), script.out()::toString);
            assertEquals(List.of(), withoutJbang(script.err()));
        }
    }

    @Test
    @DisplayName("None of the three scripts mentions another; server and client have no other sources, analyze "
            + "names its parts")
    void noMention() throws Exception {
        for (var name : List.of("server", "client", "analyze")) {
            var text = Files.readString(HOUSE.resolve(name + ".java"));
            var files = Pattern.compile("\\b(server|client|analyze)\\.java").matcher(text).results()
                    .map(MatchResult::group);
            assertEquals(Set.of(name + ".java"), files.collect(Collectors.toSet()));
            var sources = text.lines().filter(line -> line.startsWith("//SOURCES")).toList();
            if (!name.equals("analyze")) assertEquals(List.of(), sources);
            assertTrue(sources.stream().allMatch(line -> line.matches("//SOURCES( analyze/\\w+\\.java)+")),
                    sources::toString);
        }
    }

    // ---- Headers and run bits

    static final Pattern DIRECTIVE =
            Pattern.compile("\\s*//\\s*(DESCRIPTION|JAVA|DEPS|REPOS|SOURCES|FILES|MAIN|MODULE|PREVIEW|GAV"
                    + "|MANIFEST|CDS|JAVAAGENT|(?:JAVA|JAVAC|COMPILE|RUNTIME|NATIVE)_OPTIONS)\\b.*");

    @ParameterizedTest(name = "{0} may be run, has LF line ends and says what it is and which Java it needs")
    @MethodSource("scripts")
    void header(Path script) throws Exception {
        var lines = Files.readString(HOUSE.resolve(script)).split("\n", -1);
        assertTrue(Files.isExecutable(HOUSE.resolve(script)), "mode 755");
        assertEquals(0, Stream.of(lines).filter(line -> line.endsWith("\r")).count());
        assertEquals("///usr/bin/env jbang \"$0\" \"$@\" ; exit $?", lines[0]);
        assertEquals(1, Stream.of(lines).filter(line -> line.matches("//DESCRIPTION \\S.*")).count());
        assertEquals(1, Stream.of(lines).filter(line -> line.equals("//JAVA 25+")).count());
    }

    @ParameterizedTest(name = "{0} is no script by itself, so it has no run bit")
    @MethodSource("parts")
    void noRunBit(Path part) {
        assertFalse(Files.isExecutable(HOUSE.resolve(part)));
    }

    @Test
    @DisplayName("Every JBang directive is in column 0, with no space after its slashes")
    void directives() throws Exception {
        for (var file : HouseTest.files("", ".*\\.java")) {
            for (var line : Files.readAllLines(HOUSE.resolve(file))) {
                if (DIRECTIVE.matcher(line).matches()) assertTrue(line.matches("//[A-Z].*"), file + ": " + line);
            }
        }
    }

    static List<Path> scripts() throws IOException {
        return HouseTest.files("", ".*\\.java").stream().filter(JbangTest::hasShebang).toList();
    }

    static List<Path> parts() throws IOException {
        return HouseTest.files("", ".*\\.java").stream().filter(file -> !hasShebang(file)).toList();
    }

    static boolean hasShebang(Path file) {
        try {
            return Files.readString(HOUSE.resolve(file)).startsWith("///");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- Plumbing

    /** Adds this machine's JDK, so that JBang fetches none, and a cache of its own. */
    static Map<String, String> environment(Path cache, Map<String, String> more) {
        var environment = new HashMap<>(
                Map.of("JAVA_HOME", System.getProperty("java.home"), "JBANG_CACHE_DIR", cache.toString(),
                        "JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")); // javac takes half then
        environment.putAll(more);
        return environment;
    }

    /** Starts a command in the temporary folder, with nothing on its standard input. */
    Script start(Map<String, String> environment, String... command) throws IOException {
        return start(folder, cache, environment, command);
    }

    /** The same in another folder, and with another cache of JBang's. */
    static Script start(Path in, Path cache, Map<String, String> environment, String... command) throws IOException {
        var script = Script.command(in, environment(cache, environment), command);
        script.process.getOutputStream().close();
        return script;
    }

    /** Expects JBang's version from this command. */
    void runs(Map<String, String> environment, String... command) throws Exception {
        var arguments = Stream.concat(Stream.of(command), Stream.of("version")).toArray(String[]::new);
        try (var jbang = start(environment, arguments)) {
            assertEquals(0, jbang.exitCode(), jbang.err()::toString);
            assertTrue(jbang.out().getFirst().matches("\\d+\\.\\d+\\.\\d+.*"), jbang.out()::toString);
            assertEquals(List.of(), withoutJbang(jbang.err()));
        }
    }

    static List<String> withoutJbang(List<String> lines) {
        return lines.stream().filter(line -> !line.matches("(\\[jbang]|jbang: fetching|Picked up ).*")).toList();
    }

    static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
