// For those who build with Gradle. Not run here: this repository's machines reach no Maven repository,
// so `build.sh` compiles the same sources with the compiler itself.
plugins {
    kotlin("jvm") version "2.4.20"
    kotlin("plugin.serialization") version "2.4.20"
    `java-library`
}

group = "mentoring.ion"
version = "0.1.0"

repositories { mavenCentral() }

kotlin { jvmToolchain(17) }

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.10.2")
    implementation("org.jetbrains.kotlinx:kotlinx-serialization-json:1.9.0")
    // written for 3.12 to 5, compiled here with 3.13
    implementation("com.squareup.okhttp3:okhttp:4.12.0")
    testImplementation("junit:junit:4.13.2")
}
