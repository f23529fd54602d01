# Sourced by ./mvnw and ./kappa: sets JAVA_HOME to a JDK of the release that Kappa is built for, wherever one is installed.
KAPPA_JAVA_RELEASE=25

is_jdk() { # DIR
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
        grep -Eq "^JAVA_VERSION=\"$KAPPA_JAVA_RELEASE([.\"])" "$1/release"
}

find_jdk() {
    javac=$(command -v javac 2>/dev/null) && javac=$(readlink -f "$javac" 2>/dev/null) || javac=
    for candidate in \
        "${JAVA_HOME:-}" "${JDK_HOME:-}" "${javac%/bin/javac}" \
        /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* \
        "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* \
        "$HOME"/.local/share/mise/installs/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        if [ -n "$candidate" ] && is_jdk "$candidate"; then
            JAVA_HOME=$candidate
            export JAVA_HOME
            return 0
        fi
    done
    echo "kappa: no JDK $KAPPA_JAVA_RELEASE found (looked at JAVA_HOME, the path and the usual places)." \
        "Install one, such as Temurin $KAPPA_JAVA_RELEASE, or set JAVA_HOME to it." >&2
    return 1
}
