///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Sends the server N requests, one after the other, and prints each status
//JAVA 25+
//DEPS info.picocli:picocli:4.7.7

/*
 * Question     How soon does the server answer, and what does it do after that?
 * Expectation  Every status is there at once; the server's tasks end seconds later.
 * Run it       jbang client.java 1 20
 */

import module java.base;
import module java.net.http;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(name = "client.java", mixinStandardHelpOptions = true, version = "1.0", sortOptions = false,
        description = "Sends CALL_COUNT requests GET /?as_async=AS_ASYNC and prints the status of each on a line.")
class Client implements Callable<Integer> {

    @Parameters(paramLabel = "AS_ASYNC", description = "0 for sync tasks, any other integer for async ones.")
    int asAsync;

    @Parameters(paramLabel = "CALL_COUNT", description = "Number of requests.")
    int callCount;

    @Option(names = "--url", defaultValue = "http://localhost:8000",
            description = "The server; a path is kept (default: ${DEFAULT-VALUE}).")
    URI url;

    @Option(names = "--concurrency", defaultValue = "1", description = "Requests under way at a time; 1 sends "
            + "them one after the other over one connection (default: ${DEFAULT-VALUE}).")
    int concurrency;

    @Spec
    CommandSpec spec;

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // the same digits everywhere
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Client()).registerConverter(int.class, Client::whole)
                .registerConverter(URI.class, Client::address);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (callCount < 1) throw wrongUsage("CALL_COUNT must be 1 or more, not " + callCount);
        if (concurrency < 1) throw wrongUsage("--concurrency must be 1 or more, not " + concurrency);
        if (url.getHost() == null && url.getAuthority() != null)
            throw wrongUsage("Java takes no host named " + url.getAuthority() + "; give its IP address in --url");
        if (!"http".equals(url.getScheme()) || url.getHost() == null || url.getPort() > 65_535
                || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw wrongUsage("--url must look like http://localhost:8000 or http://localhost:8000/path, not " + url);
        }
        try {
            send(url, asAsync, callCount, concurrency, spec.commandLine().getOut()::println);
            return 0;
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    /**
     * Sends {@code callCount} requests GET url/?as_async=N, {@code concurrency} of them under way at a time, and
     * passes on each status as it comes, from several threads if {@code concurrency} is more than 1.
     *
     * @param url the server, with or without a path; http://host/base and http://host/base/ are the same
     * @throws IOException after the first answer other than 200 or the first broken connection; its message says
     *         which, and how many requests succeeded
     */
    static void send(URI url, int asAsync, int callCount, int concurrency, IntConsumer onStatus)
            throws IOException, InterruptedException {
        var target = URI.create(url + (url.toString().endsWith("/") ? "" : "/") + "?as_async=" + asAsync);
        var request = HttpRequest.newBuilder(target).timeout(Duration.ofMinutes(1)).build();
        var sent = new AtomicInteger();
        var succeeded = new AtomicInteger();
        var failure = new AtomicReference<String>();
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var caller = 0; caller < Math.min(concurrency, callCount); caller++) {
                callers.submit(() -> {
                    while (failure.get() == null && sent.getAndIncrement() < callCount) {
                        try {
                            var status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
                            onStatus.accept(status);
                            if (status == 200) succeeded.incrementAndGet();
                            else failure.compareAndSet(null, "the answer was %d, not 200.".formatted(status));
                        } catch (ConnectException e) {
                            failure.compareAndSet(null, "no server answers there; is it running, and on that port?"
                                    + elsewhere(url));
                        } catch (HttpTimeoutException e) {
                            failure.compareAndSet(null, "no answer within a minute; is the server busy or stuck?");
                        } catch (IOException | RuntimeException e) {
                            failure.compareAndSet(null, "the connection broke before the answer was whole (%s)."
                                    .formatted(e.getMessage()));
                        }
                    }
                    return null;
                });
            }
        }
        if (failure.get() != null) {
            throw new IOException("%s: %s %d of %d requests succeeded."
                    .formatted(target, failure.get(), succeeded.get(), callCount));
        }
    }

    /** A name may have several addresses, of which Java's client tries the first: another one that answers, if any. */
    static String elsewhere(URI url) {
        try {
            for (var address : InetAddress.getAllByName(url.getHost())) {
                try (var _ = new Socket(address, url.getPort() < 0 ? 80 : url.getPort())) {
                    var literal = address instanceof Inet6Address ? "[" + address.getHostAddress() + "]"
                            : address.getHostAddress();
                    return " One answers at %s: give that address in --url.".formatted(literal);
                } catch (IOException no) { // not there either
                }
            }
        } catch (UnknownHostException noName) {
            return " No address is known for the name %s.".formatted(url.getHost());
        }
        return "";
    }

    /** A whole number of up to nine digits; what is allowed of them, each option says. */
    static int whole(String text) {
        if (text.matches("[+-]?\\d{1,9}")) return Integer.parseInt(text);
        throw new TypeConversionException("'" + text + "' is no whole number of up to nine digits");
    }

    static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new TypeConversionException("'" + text + "' is no address like http://localhost:8000");
        }
    }

    ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
