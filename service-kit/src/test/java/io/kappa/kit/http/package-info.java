@NullMarked
package io.kappa.kit.http;

import org.jspecify.annotations.NullMarked;
