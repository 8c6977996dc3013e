import { render } from 'preact';
import { live } from './live.ts';
import { Page } from './page.tsx';
import './style.css';

live.open();
render(<Page />, document.getElementById('page')!);
