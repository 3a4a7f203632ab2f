///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Formats the Java files of this repository, or checks that they are formatted
//JAVA 25+
//DEPS info.picocli:picocli:4.7.7
//DEPS org.eclipse.jdt:org.eclipse.jdt.core:3.46.0

/*
 * Question     Are all Java files formatted alike, with JBang's directives left alone?
 * Expectation  Yes; if not, jbang tests/format.java makes it so.
 * Run it       jbang tests/format.java --check
 *
 * Eclipse's formatter, told to leave comments as they are (a directive is one) and to keep line breaks where we made
 * them.
 */

import module java.base;
import org.eclipse.jdt.core.JavaCore;
import org.eclipse.jdt.core.ToolFactory;
import org.eclipse.jdt.core.formatter.CodeFormatter;
import org.eclipse.jdt.core.formatter.DefaultCodeFormatterConstants;
import org.eclipse.jface.text.Document;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "format.java", mixinStandardHelpOptions = true, version = "1.0",
        description = "Formats all *.java files below a folder.")
class Format implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", arity = "0..1", defaultValue = ".",
            description = "The folder (default: this one).")
    Path folder;
    @Option(names = "--check",
            description = "Change nothing; name the files that are not formatted, and exit with 1 if there are any.")
    boolean check;

    static void main(String... args) {
        System.exit(new CommandLine(new Format()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        var formatter = ToolFactory.createCodeFormatter(options());
        var wrong = 0;
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(file -> file.toString().endsWith(".java")).sorted().toList()) {
                var document = new Document(Files.readString(file));
                var edit = formatter.format(CodeFormatter.K_COMPILATION_UNIT | CodeFormatter.F_INCLUDE_COMMENTS,
                        document.get(), 0,
                        document.getLength(), 0, "\n");
                if (edit == null) throw new IOException(file + " cannot be parsed");
                edit.apply(document);
                if (document.get().equals(Files.readString(file))) continue;
                System.out.println((check ? "not formatted: " : "formatted: ") + file);
                if (!check) Files.writeString(file, document.get());
                wrong++;
            }
        }
        return check && wrong > 0 ? 1 : 0;
    }

    static Map<String, String> options() {
        var options = DefaultCodeFormatterConstants.getJavaConventionsSettings();
        JavaCore.setComplianceOptions(JavaCore.latestSupportedJavaVersion(), options);
        var formatter = JavaCore.PLUGIN_ID + ".formatter.";
        options.put(formatter + "tabulation.char", "space");
        options.put(formatter + "tabulation.size", "4");
        options.put(formatter + "lineSplit", "119");
        options.put(formatter + "join_wrapped_lines", "false");
        options.put(formatter + "number_of_empty_lines_to_preserve", "1");
        options.put(formatter + "insert_space_after_opening_brace_in_array_initializer", "do not insert");
        options.put(formatter + "insert_space_before_opening_brace_in_array_initializer", "do not insert");
        options.put(formatter + "indent_switchstatements_compare_to_switch", "true");
        options.put(formatter + "insert_space_before_closing_brace_in_array_initializer", "do not insert");
        options.replaceAll((name, value) -> switch (name.replace(formatter, "")) {
            case String n when n.startsWith("comment.format_") -> "false"; // a directive is a comment
            // Breaks stay where we made them
            case String n when n.startsWith("alignment_for_") && value.equals("0") -> "16";
            case "keep_code_block_on_one_line", "keep_lambda_body_block_on_one_line" -> "one_line_if_empty";
            case String n when n.startsWith("keep_") && value.startsWith("one_line") -> "one_line_preserve";
            case String n when n.startsWith("keep_") -> "true";
            default -> value;
        });
        return options;
    }
}
