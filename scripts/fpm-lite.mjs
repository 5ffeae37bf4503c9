#!/usr/bin/env node
/**
 * The part of the `fpm` command line that electron-builder uses, on top of the system's own `dpkg-deb` and `rpmbuild`.
 * electron-builder runs it when CUSTOM_FPM_PATH points here; otherwise it downloads a bundle of the real one.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const options = parse(process.argv.slice(2));
const work = mkdtempSync(join(tmpdir(), 'fpm-lite-'));
try {
  const tree = join(work, 'root');
  for (const [source, target] of options.map) {
    const place = join(tree, target);
    mkdirSync(dirname(place), { recursive: true });
    cpSync(source, place, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }
  const files = normalise(tree);
  const out = resolve(options.package);
  if (options.t === 'deb') makeDeb(tree, files, out);
  else if (options.t === 'rpm') makeRpm(tree, files, out);
  else throw new Error(`fpm-lite cannot make ${options.t}`);
  console.log(basename(out));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Reads fpm's arguments: `-x value`, `--long value`, `--long=value`, and `source=target` pairs. */
function parse(argv) {
  const switches = new Set(['--force', '--debug']);
  const parsed = { depends: [], recommends: [], map: [] };
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i];
    if (switches.has(argument)) continue;
    if (argument === '-d') parsed.depends.push(argv[++i]);
    else if (argument === '--deb-recommends') parsed.recommends.push(argv[++i]);
    else if (argument.startsWith('-')) {
      const [name, value] = argument.includes('=') ? argument.split(/=(.*)/s) : [argument, argv[++i]];
      parsed[name.replace(/^--?/, '')] = value;
    } else {
      const at = argument.lastIndexOf('=');
      parsed.map.push([argument.slice(0, at), argument.slice(at + 1)]);
    }
  }
  return parsed;
}

/** Gives files and folders the modes of an installed system and lists the files. */
function normalise(folder, prefix = '') {
  const files = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const name = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) {
      chmodSync(path, 0o755);
      files.push(...normalise(path, name));
    } else {
      files.push(name);
      if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o111 ? 0o755 : 0o644);
    }
  }
  return files;
}

function summary() {
  return options.description.trim().split('\n')[0].trim();
}

function makeDeb(tree, files, out) {
  const control = join(tree, 'DEBIAN');
  const sizeKib = Math.ceil(files.reduce((sum, file) => sum + statSync(join(tree, file)).size, 0) / 1024);
  mkdirSync(control);
  const fields = {
    Package: options.name,
    Version: options.version,
    License: options.license,
    Vendor: options.vendor,
    Architecture: options.architecture,
    Maintainer: options.maintainer,
    'Installed-Size': sizeKib,
    Depends: options.depends.join(', '),
    Recommends: options.recommends.join(', '),
    Section: options.category ?? 'default',
    Priority: options['deb-priority'] ?? 'optional',
    Homepage: options.url,
    Description: `${summary()}\n ${summary()}`,
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  writeFileSync(join(control, 'control'), lines.map(([name, value]) => `${name}: ${value}\n`).join(''));
  for (const [option, name] of [
    ['after-install', 'postinst'],
    ['after-remove', 'postrm'],
  ]) {
    if (options[option]) writeFileSync(join(control, name), readFileSync(options[option]), { mode: 0o755 });
  }
  const asked = options['deb-compression'];
  const compression = { zst: 'zstd', gz: 'gzip' }[asked] ?? asked ?? 'xz';
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '-b', tree, out], { stdio: ['ignore', 2, 2] });
}

function makeRpm(tree, files, out) {
  const script = (file) => readFileSync(file, 'utf8').replaceAll('%', '%%');
  const compressions = { xz: 'w6.xzdio', xzmt: 'w6T.xzdio', gz: 'w1.gzdio', gzip: 'w6.gzdio', zstd: 'w3.zstdio' };
  const spec = join(work, 'app.spec');
  writeFileSync(
    spec,
    `Name: ${options.name}
Version: ${options.version.replaceAll('-', '~')}
Release: ${options.iteration ?? 1}
Summary: ${options['rpm-summary'] ?? summary()}
License: ${options.license ?? 'unknown'}
URL: ${options.url}
Vendor: ${options.vendor}
Packager: ${options.maintainer}
AutoReqProv: no
${options.depends.map((name) => `Requires: ${name}`).join('\n')}
%define _binary_payload ${compressions[options['rpm-compression'] ?? 'xz'] ?? compressions.xz}
%define __os_install_post %{nil}
%define _build_id_links none
%description
${summary()}
%files
${files.map((file) => `"${file}"`).join('\n')}
%post
${script(options['after-install'])}
%postun
${script(options['after-remove'])}
`,
  );
  const architecture = { amd64: 'x86_64', arm64: 'aarch64' }[options.architecture] ?? options.architecture;
  const defines = ['--buildroot', tree, '--define', `_topdir ${work}/rpm`];
  execFileSync('rpmbuild', ['-bb', '--target', architecture, ...defines, '--noclean', spec], { stdio: ['ignore', 2, 2] });
  const folder = join(work, 'rpm', 'RPMS');
  const made = readdirSync(folder, { recursive: true }).find((file) => file.endsWith('.rpm'));
  cpSync(join(folder, made), out);
}
