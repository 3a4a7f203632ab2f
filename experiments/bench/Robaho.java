///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION server.java on robaho's implementation of the JDK's HttpServer, which the JDK finds as a service
//JAVA 25+
//SOURCES ../../server.java
//DEPS io.github.robaho:httpserver:1.0.29
//MAIN Robaho

class Robaho {

    static void main(String... args) {
        System.err.println("""
                ABOUT: {"peer": "Robaho", "software": "server.java on robaho's httpserver 1.0.29"}""");
        Server.main(args);
    }
}
