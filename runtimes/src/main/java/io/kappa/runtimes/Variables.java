package io.kappa.runtimes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The environment variables that every runtime is started with, with values like Lambda's. */
final class Variables {

    /** Names the directory of the function's layers where that is not the one that functions expect. */
    static final String LAYERS = "_KAPPA_LAYERS";

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
    Map<String, String> of(String taskRoot, String runtimeRoot, String layersRoot) {
        var variables = new HashMap<String, String>();
        variables.put("LANG", locale);
        variables.put("PATH", "/usr/local/bin:/usr/bin:/bin:" + layersRoot + "/bin");
        var libraries = List.of(
                "/lib64",
                "/usr/lib64",
                runtimeRoot,
                runtimeRoot + "/lib",
                taskRoot,
                taskRoot + "/lib",
                layersRoot + "/lib");
        variables.put("LD_LIBRARY_PATH", String.join(":", libraries));
        if (!layersRoot.equals(Language.Roots.LAYERS)) {
            variables.put(LAYERS, layersRoot);
        }
        return variables;
    }

    /** For a function run by an interpreter, which comes first on its {@code PATH}. */
    Map<String, String> of(String taskRoot, String runtimeRoot, String layersRoot, Interpreter interpreter) {
        var variables = of(taskRoot, runtimeRoot, layersRoot);
        variables.merge("PATH", interpreter.directory() + ":", (path, bin) -> bin + path);
        return variables;
    }
}
