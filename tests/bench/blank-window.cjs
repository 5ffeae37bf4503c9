// A window with nothing in it: what the runtime and the machine cost by themselves.
const { app, BrowserWindow } = require('electron');

app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true, contextIsolation: true } });
  window.loadURL('about:blank');
});
