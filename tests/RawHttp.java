import module java.base;

/**
 * What a server has to answer, by the RFCs, to bytes that a well-behaved client does not send. Http11Probe and h1spec
 * (both MIT) show which kinds there are; the requests are our own.
 *
 * @param section of RFC 9112 (HTTP/1.1), where no other RFC is named
 * @param allowed a pattern of the statuses that come on one connection, such as "400" or "200 200". "closed" stands
 *                for no answer and the connection's end, "open" for neither within {@link #PATIENCE}
 * @param bytes   what is sent
 */
record RawHttp(String name, String section, String allowed, byte[] bytes) {

    static final Duration PATIENCE = Duration.ofSeconds(25);
    static final String ROOT = "GET /?as_async=1 HTTP/1.1\r\n", HOST = "Host: x\r\n", CLOSE = "Connection: close\r\n",
            LAST = ROOT + HOST + CLOSE + "\r\n"; // a whole request, after which the server closes

    private static RawHttp of(String name, String section, String allowed, String text) {
        return new RawHttp(name, section, allowed, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A first line, of a request that is all right otherwise. */
    private static RawHttp line(String name, String section, String allowed, String line) {
        return of(name, section, allowed, line + "\r\n" + HOST + CLOSE + "\r\n");
    }

    /** Fields, of a request that is all right otherwise. */
    private static RawHttp fields(String name, String section, String allowed, String... fields) {
        return of(name, section, allowed, ROOT + HOST + CLOSE + String.join("\r\n", fields) + "\r\n\r\n");
    }

    private static RawHttp host(String name, String allowed, String... fields) {
        return of(name, "3.2", allowed, ROOT + CLOSE + String.join("", fields) + "\r\n");
    }

    /** A body and a second request after it, neither of which may be taken for a part of the other. */
    private static RawHttp body(String name, String section, String allowed, String fields, String body) {
        return of(name, section, allowed, "GET /?as_async=1 HTTP/1.1\r\n" + HOST + fields + "\r\n" + body + LAST);
    }

    static final List<RawHttp> ALL = List.of(
            line("a request", "3", "200", "GET /?as_async=1 HTTP/1.1"),
            line("absolute form", "3.2.2", "200", "GET http://x/?as_async=1 HTTP/1.1"),
            line("no version", "3", "400|closed", "GET /"),
            line("an empty version", "3", "400|505", "GET / "),
            line("another protocol", "2.3", "400|505", "GET / HTTX/1.1"),
            line("a version far ahead", "2.3", "400|505", "GET / HTTP/9.9"),
            line("a version in small letters", "2.3", "400|505", "GET / http/1.1"),
            line("HTTP/2.0 on a first line", "2.3", "400|505", "GET / HTTP/2.0"),
            line("a higher minor version", "2.3", "200|400|505", "GET /?as_async=1 HTTP/1.2"),
            line("letters after the version", "2.3", "400|505", "GET / HTTP/1.1x"),
            line("an escape sequence in the version", "2.3", "400|505", "GET / \033[2J"),
            line("a version without a point", "2.3", "400|505", "GET / HTTP/11"),
            line("a version with a sign", "2.3", "400|505", "GET / HTTP/+1.1"),
            line("two spaces after the method", "3", "200|400|404", "GET  / HTTP/1.1"),
            line("tabs between the parts", "3", "200|400|closed", "GET\t/?as_async=1\tHTTP/1.1"),
            of("an empty line before", "2.2", "200", "\r\n" + LAST),
            line("a space before the method", "3", "400", " GET / HTTP/1.1"),
            line("a method in small letters", "9110 9.1", "400|405|501", "get / HTTP/1.1"),
            line("an unknown method", "9110 9.1", "400|405|501", "FOO / HTTP/1.1"),
            line("a method that is no token", "3.1", "400|405|501", "G<>T / HTTP/1.1"),
            line("an escape sequence in the method", "3.1", "400|405|501", "G\033[2JT / HTTP/1.1"),
            line("no method", "3", "400", "/ HTTP/1.1"),
            line("OPTIONS *", "3.2.4", "200|204|400|404|405", "OPTIONS * HTTP/1.1"),
            line("GET *", "3.2.4", "400|404", "GET * HTTP/1.1"),
            line("CONNECT", "3.2.3", "400|404|405|501|closed", "CONNECT x:80 HTTP/1.1"),
            line("a fragment", "3.2", "400|404", "GET /#x HTTP/1.1"),
            line("a space in the target", "3.2", "400|404|505", "GET /a b HTTP/1.1"),
            line("a lone % in the target", "3.2", "400|404", "GET /% HTTP/1.1"),
            line("braces in the target", "3.2", "400|404", "GET /{a|b} HTTP/1.1"),
            line("NUL in the target", "3.2", "400|404|closed", "GET /\0 HTTP/1.1"),
            line("a byte that is no ASCII in the target", "3.2", "400|404", "GET /\u00e9 HTTP/1.1"),
            line("a path of two slashes", "3.2.1", "400|404", "GET //?as_async=1 HTTP/1.1"),
            line("a path of three slashes", "3.2.1", "400|404", "GET ///?as_async=1 HTTP/1.1"),
            line("an encoded slash", "3.2.1", "400|404", "GET /%2f?as_async=1 HTTP/1.1"),
            line("a target without a slash", "3.2.1", "400|404", "GET x?as_async=1 HTTP/1.1"),
            line("a target of 70,000 letters", "3", "400|404|414|431|closed", "GET /" + "x".repeat(70_000)
                    + " HTTP/1.1"),

            host("no Host", "400"),
            host("two Hosts", "400", HOST, "Host: y\r\n"),
            host("the same Host twice", "400", HOST, HOST),
            host("a Host with a space", "400", "Host: a b\r\n"),
            host("a Host with a slash", "400", "Host: a/b\r\n"),
            host("a Host with a user", "400", "Host: a@b\r\n"),
            host("a Host whose port is no number", "400", "Host: a:b\r\n"),
            host("a Host with half a bracket", "400", "Host: [::1\r\n"),
            host("a list of Hosts", "400", "Host: a, b\r\n"),
            host("a Host that is IPv6", "200", "Host: [::1]:8000\r\n"),
            host("an empty Host", "200|400", "Host:\r\n"),
            of("absolute form without Host", "3.2", "400", "GET http://x/?as_async=1 HTTP/1.1\r\n" + CLOSE + "\r\n"),
            of("HTTP/1.0 without Host", "3.2", "200", "GET /?as_async=1 HTTP/1.0\r\n\r\n"),
            of("HTTP/1.0 with two Hosts", "3.2", "400", "GET /?as_async=1 HTTP/1.0\r\n" + HOST + HOST + "\r\n"),

            fields("a space before the colon", "5.1", "400", "X : a"),
            fields("no colon", "5", "400", "foo"),
            fields("no name", "5", "400", ": a"),
            fields("a name with a space", "5.1", "400", "a b: c"),
            fields("a name with a parenthesis", "5.1", "400", "a(: b"),
            fields("a name with NUL", "5.1", "400", "a\0: b"),
            fields("NUL in a value", "9110 5.5", "400", "X: a\0b"),
            fields("a bell in a value", "9110 5.5", "400|200", "X: a\7b"),
            fields("DEL in a value", "9110 5.5", "400|200", "X: a\u007fb"),
            fields("CR in a value", "2.2", "400", "X: a\rb"),
            of("CR that would end a field", "2.2", "400", ROOT + CLOSE + "X: a\r" + HOST + "\r\n"),
            fields("a folded line", "5.2", "200|400", "X: a", " b"),
            of("a folded first field", "2.2", "400", ROOT + " X: a\r\n" + HOST + CLOSE + "\r\n"),
            fields("a byte that is no ASCII in a value", "9110 5.5", "200|400", "X: \u00e9"),
            fields("a tab in a value", "9110 5.5", "200", "X: a\tb"),
            fields("spaces around a value", "5", "200", "X: \t a \t "),
            fields("a name in mixed letters", "9110 5.1", "200", "cOnTeNt-LeNgTh: 0"),
            fields("150 fields", "9110 5.4", "200|400|431|closed", IntStream.range(0, 150)
                    .mapToObj(i -> "X" + i + ": a").toArray(String[]::new)),
            fields("500,000 letters of fields", "9110 5.4", "200|400|431|closed", "X: " + "a".repeat(500_000)),

            body("a length, and its body", "6.2", "200 200", "Content-Length: 5\r\n", "12345"),
            body("a length with a plus", "6.2", "400", "Content-Length: +5\r\n", "12345"),
            body("a length below 0", "6.2", "400", "Content-Length: -1\r\n", ""),
            body("a length in hex", "6.2", "400", "Content-Length: 0x5\r\n", "12345"),
            body("a length with a letter", "6.2", "400", "Content-Length: 5x\r\n", "12345"),
            body("two lengths in a list", "6.3", "400", "Content-Length: 5, 6\r\n", "12345"),
            body("two lengths", "6.3", "400", "Content-Length: 5\r\nContent-Length: 6\r\n", "12345"),
            body("the same length twice", "6.3", "400|200 200", "Content-Length: 5\r\nContent-Length: 5\r\n", "12345"),
            body("an empty length", "6.2", "400", "Content-Length:\r\n", ""),
            body("a length beyond all numbers", "6.3", "400|413", "Content-Length: 99999999999999999999\r\n", ""),
            body("chunks", "7.1", "200( 200)?", "Transfer-Encoding: chunked\r\n", "5\r\n12345\r\n0\r\n\r\n"),
            body("chunks, in mixed letters", "7", "200( 200)?", "Transfer-Encoding: Chunked\r\n", "0\r\n\r\n"),
            body("a chunk's extension", "7.1.1", "200( 200)?", "Transfer-Encoding: chunked\r\n",
                    "5;a=b\r\n12345\r\n0\r\n\r\n"),
            body("chunks with a trailer", "7.1.2", "200( 200)?", "Transfer-Encoding: chunked\r\n",
                    "5\r\n12345\r\n0\r\nX: a\r\n\r\n"),
            body("chunks and a length", "6.3", "400|501|200", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                    "0\r\n\r\n"),
            body("a coding that nobody knows", "6.1", "400|501", "Transfer-Encoding: gzip\r\n", "12345"),
            body("chunks that are packed", "6.1", "400|501|200( 200)?", "Transfer-Encoding: gzip, chunked\r\n",
                    "0\r\n\r\n"),
            body("chunked, and then another coding", "6.3", "400|501", "Transfer-Encoding: chunked, gzip\r\n",
                    "0\r\n\r\n"),
            body("almost chunked", "6.1", "400|501", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
            body("chunked twice", "6.3", "400|501", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                    "0\r\n\r\n"),
            body("a control character before chunked", "6.1", "400|501", "Transfer-Encoding: \u000bchunked\r\n",
                    "0\r\n\r\n"),
            body("chunks, with a space before the colon", "5.1", "400", "Transfer-Encoding : chunked\r\n",
                    "0\r\n\r\n"),
            of("chunks in HTTP/1.0", "6.1", "400|501|200", "GET /?as_async=1 HTTP/1.0\r\nTransfer-Encoding: "
                    + "chunked\r\n\r\n0\r\n\r\n" + LAST),
            body("a chunk's size that is no number", "7.1", "400|closed|200( 400)?", "Transfer-Encoding: chunked\r\n",
                    "g\r\n"),
            body("a chunk's size with 0x", "7.1", "400|closed|200( 400)?", "Transfer-Encoding: chunked\r\n",
                    "0x0\r\n\r\n"),
            body("a chunk's size below 0", "7.1", "400|closed|200( 400)?", "Transfer-Encoding: chunked\r\n",
                    "-1\r\n"),
            body("a chunk's size beyond all numbers", "7.1", "400|closed|413|200( 400)?",
                    "Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"),
            body("a chunk longer than its size", "7.1", "400|closed|200( 400)?", "Transfer-Encoding: chunked\r\n",
                    "3\r\n12345\r\n0\r\n\r\n"),

            of("two requests at once", "9.3.2", "200 200", ROOT + HOST + "\r\n" + LAST),
            fields("close among others", "9.6", "200", "X: a"),
            of("close in a list", "9.6", "200", ROOT + HOST + "Connection: TE, close\r\n\r\n"),
            of("HTTP/1.0 closes", "9.3", "200", "GET /?as_async=1 HTTP/1.0\r\n" + HOST + "\r\n"),
            of("HTTP/1.0 that stays open", "9.3", "200 200", "GET /?as_async=1 HTTP/1.0\r\n" + HOST
                    + "Connection: keep-alive\r\n\r\n" + LAST),
            of("an expected body", "9110 10.1.1", "(100 )?200|417", ROOT + HOST + CLOSE
                    + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n12"),
            of("the preface of HTTP/2", "9113 3.4", "400|505|closed", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            of("a hello of TLS", "2.2", "400|closed", "\26\3\1\0\5\1\0\0\1\0"),
            of("lines that end with LF alone", "2.2", "200|400|closed", LAST.replace("\r", "")),
            of("half a first line", "9110 15.5.9", "400|408|closed", "GET / HT"),
            of("half the fields", "9110 15.5.9", "400|408|closed", ROOT + HOST),
            of("nothing but empty lines", "2.2", "400|408|closed", "\r\n\r\n\r\n"),
            of("nothing", "9.5", "400|408|closed", ""),
            of("bytes without sense", "2.2", "400|closed", "\1\2\3\4\r\n\r\n"));

    /** Sends all of them at once, each on a connection of its own; what came back, by the name. */
    static Map<String, String> ask(InetSocketAddress server) throws InterruptedException {
        var answers = new ConcurrentHashMap<String, String>();
        try (var connections = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var request : ALL) connections.execute(() -> answers.put(request.name, request.send(server)));
        }
        return answers;
    }

    /** Those that were answered otherwise than allowed: the name, and what came back. */
    static SortedMap<String, String> wrong(Map<String, String> answers) {
        var wrong = new TreeMap<String, String>();
        for (var request : ALL) {
            var answer = answers.get(request.name);
            if (!answer.matches(request.allowed)) wrong.put(request.name, answer);
        }
        return wrong;
    }

    /** The statuses that came on a connection of its own. */
    String send(InetSocketAddress server) {
        var received = new ByteArrayOutputStream();
        var end = "closed";
        try (var socket = new Socket(server.getAddress(), server.getPort())) {
            var deadline = System.nanoTime() + PATIENCE.toNanos();
            Thread.startVirtualThread(() -> {
                try {
                    socket.getOutputStream().write(bytes);
                } catch (IOException closed) { // before it read all
                }
            });
            var buffer = new byte[8_192];
            while (true) {
                socket.setSoTimeout((int) Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
                var read = socket.getInputStream().read(buffer);
                if (read < 0) break;
                received.write(buffer, 0, read);
            }
        } catch (SocketTimeoutException silent) {
            end = "open";
        } catch (IOException reset) { // as good as closed
        }
        var statuses = Pattern.compile("(?:^|(?<=[\\n\"}]))HTTP/1\\.[01] (\\d{3})").matcher(received.toString())
                .results().map(match -> match.group(1)).collect(Collectors.joining(" "));
        return statuses.isEmpty() ? end : end.equals("open") ? statuses + " open" : statuses;
    }
}
