package io.kappa.runtimes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The environment variables that every runtime is started with, with values like Lambda's. */
final class Variables {

    private final String locale;

    /** @param locale value of {@code LANG} */
    Variables(String locale) {
        this.locale = locale;
    }

    /** Lambda's locale if this machine has it, else the one that every machine has. */
    static String locale(List<String> installed) {
        return installed.stream().anyMatch("en_US.utf8"::equalsIgnoreCase) ? "en_US.UTF-8" : "C.UTF-8";
    }

    /** For a function that brings its own executable. */
    Map<String, String> of(String taskRoot, String runtimeRoot) {
        var variables = new HashMap<String, String>();
        variables.put("LANG", locale);
        variables.put("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin");
        var libraries = List.of(
                "/lib64", "/usr/lib64", runtimeRoot, runtimeRoot + "/lib", taskRoot, taskRoot + "/lib", "/opt/lib");
        variables.put("LD_LIBRARY_PATH", String.join(":", libraries));
        return variables;
    }

    /** For a function run by an interpreter, which comes first on its {@code PATH}. */
    Map<String, String> of(String taskRoot, String runtimeRoot, Interpreter interpreter) {
        var variables = of(taskRoot, runtimeRoot);
        variables.merge("PATH", interpreter.directory() + ":", (path, bin) -> bin + path);
        return variables;
    }
}
