/** What an Invoke demands and hands on, part by part. */
@NullMarked
package io.kappa.router.api.invoke;

import org.jspecify.annotations.NullMarked;
