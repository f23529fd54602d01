package io.kappa.standalone.demo;

import io.kappa.contracts.function.RuntimeFamily;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** The functions under {@code examples/}, as they are packaged into this module. */
enum Example {
    ORDER_VALIDATOR("order-validator", RuntimeFamily.PYTHON, "app.py", "app.handler", """
            {"id": "A-17", "items": {"tea": 2, "cup": 1}}"""),
    BOOKKEEPER("bookkeeper", RuntimeFamily.PYTHON, "app.py", "app.handler", """
            {"records": {"orders-0": [{"value": "eyJpZCI6ICJBLTE3IiwgInRvdGFsIjogIjE1LjI1In0="}]}}"""),
    SHIPPING_QUOTE("shipping-quote", RuntimeFamily.NODEJS, "index.mjs", "index.handler", """
            {"kilos": 3}"""),
    RECEIPT("receipt", RuntimeFamily.JAVA, "Receipt.java", "Receipt::print", """
            {"id": "A-17", "total": "15.25"}""");

    /** Refused by the order validator: its handler throws. */
    static final String IMPOSSIBLE_ORDER = """
            {"id": "A-18", "items": {"unicorn": 1}}""";

    private final String function;
    private final RuntimeFamily family;
    private final String source;
    private final String handler;
    private final String event;

    Example(String function, RuntimeFamily family, String source, String handler, String event) {
        this.function = function;
        this.family = family;
        this.source = source;
        this.handler = handler;
        this.event = event;
    }

    String function() {
        return function;
    }

    RuntimeFamily family() {
        return family;
    }

    String handler() {
        return handler;
    }

    String event() {
        return event;
    }

    /** Where to read it in the repository. */
    String path() {
        return "examples/" + function + "/" + source;
    }

    /** The deployment package: the source as it is, or, for Java, what the compiler makes of it. */
    byte[] zip() throws IOException {
        var resource = "examples/" + function + "/" + source;
        try (var stream = Example.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IOException(resource + " is missing from this build");
            }
            var bytes = stream.readAllBytes();
            return family == RuntimeFamily.JAVA ? zipOfClasses(bytes) : zip(Map.of(source, bytes));
        }
    }

    private byte[] zipOfClasses(byte[] code) throws IOException {
        var directory = Files.createTempDirectory("kappa-example-");
        try {
            var file = Files.write(directory.resolve(source), code);
            var compiler = ToolProvider.getSystemJavaCompiler();
            if (compiler == null || compiler.run(null, null, null, "-d", directory.toString(), file.toString()) != 0) {
                throw new IOException("the Java compiler of this JDK could not compile " + path());
            }
            var classes = new TreeMap<String, byte[]>();
            try (var files = Files.newDirectoryStream(directory, "*.class")) {
                for (var found : files) {
                    classes.put(found.getFileName().toString(), Files.readAllBytes(found));
                }
            }
            return zip(classes);
        } finally {
            delete(directory);
        }
    }

    private static byte[] zip(Map<String, byte[]> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
